#!/bin/bash
# In the test host: docker_socket names another socket of Docker, which the daemon and `launch` use.
. "$(dirname "$0")/lib/checks.sh"

socket=/run/other/docker.sock
export DOCKER_HOST=unix://$socket
has_lines() { journalctl -u 'web@*' -o cat | has_line "$1"; }

mkdir -p /etc/systemd/system/docker.socket.d
printf '[Socket]\nListenStream=\nListenStream=%s\n' "$socket" >/etc/systemd/system/docker.socket.d/other.conf
echo "{\"docker_socket\": \"$socket\"}" >/etc/service-managerd/config.json
systemctl daemon-reload
systemctl stop service-managerd docker.service docker.socket
rm -f /run/docker.sock
systemctl start docker.service service-managerd
check "Docker listens elsewhere" within 30 docker version
check "and not where it usually does" not test -e /run/docker.sock

define web web:1 '"address": "172.17.0.1:7001", '
check "a service runs" within 90 is_state web running
check "it serves" serves 172.17.0.1:7001 web:1
check "what its container writes is in the journal of its unit" within 20 has_lines 'start worker process'
check "smctl logs has it, too" sh -c "smctl logs web | grep -q 'start worker process'"
systemctl restart service-managerd
check "after a restart of the daemon it is running" within 30 is_state web running
docker kill --signal HUP "$(docker ps -q --filter label=service-manager.service=web)" >/dev/null
check "what its container writes then is in the journal, too" within 20 has_lines 'reconfiguring'
finish
