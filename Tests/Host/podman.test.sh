#!/bin/bash
# In the test host: Podman's socket instead of Docker's is refused, with the reason, and containers keep running.
#
#   HOST_PACKAGES=$(Tests/Host/fetch-packages --on debian13 trixie podman) Tests/Host/run --on debian13 Tests/Host/podman.test.sh
. "$(dirname "$0")/lib/checks.sh"

address=10.77.0.1:7001
configuration=/etc/service-managerd/config.json
engine=/run/engine.sock

installed() { DEBIAN_FRONTEND=noninteractive dpkg --install /run/host/packages/*.deb; }
podman_answers() { curl -s --unix-socket /run/podman/podman.sock http://localhost/version | has_line 'Podman Engine'; }
use() { ln -sfn "$1" $engine.new && mv -T $engine.new $engine; } # SOCKET
docker_is() { [ "$(status | jq -r .daemon.docker.state)" = "$1" ]; }
names_podman() { has_line -E "Podman 5[0-9.]+ answers on $engine"; }
status_names() { status | jq -r .daemon.docker.error | names_podman; }
smctl_status_names() { smctl status | names_podman; }
doctor_names() { smctl doctor "$@" | grep -A1 -E "^broken +docker +Podman 5[0-9.]+ answers on $engine; expected Docker Engine" | has_line docker_socket; }
counted() { [ "$(told | grep -c "$1")" -ge "$2" ] || { told | tail -20; return 1; }; } # TEXT TIMES
is_same() { is_number "$(running_containers_of web)" "$container"; }
# The containers that Podman has created, which are listed after the daemon has finished with Podman.
podman_has_nothing() { is_number "$(podman ps --all --quiet | wc -l)" 0; }
unit_is() { [ "$(systemctl is-active "$1")" = "$2" ] || { systemctl status --no-pager "$1" | tail -20; return 1; }; }

modprobe dummy
ip link add dummy9 type dummy
ip link set dummy9 up
ip address add 10.77.0.1/32 dev dummy9
check "Podman is installed" installed
check "its socket is listened on" systemctl start podman.socket
check "it answers" within 30 podman_answers
docker save web:1 web:2 >/tmp/images.tar
check "it has the services' images" podman load --quiet --input /tmp/images.tar

# Containers that keep running during a restart of Docker.
echo '{"live-restore": true}' >/etc/docker/daemon.json
systemctl reload docker
use /run/docker.sock
echo "{\"docker_socket\": \"$engine\"}" >$configuration
systemctl restart service-managerd
define web web:1 "\"address\": \"$address\", "
check "a service runs in Docker" within 60 settled_at web 1
container=$(running_containers_of web)
"$traffic" --target "$address" --rate "$(rate 100)" --keepalive 5 --short 16 --json /run/load.json >/run/load.txt 2>&1 &
load=$!

# Podman replaces Docker under a running daemon.
use /run/podman/podman.sock
systemctl restart docker
check "the status names Podman" within 30 status_names
check "and so does smctl" smctl_status_names
check "the journal names it, and what to do" within 30 counted "Podman 5.* answers on $engine.*docker_socket" 1
check "smctl doctor names it, what is expected, and what to do" within 60 doctor_names
check "the preflight does so, too" within 60 doctor_names --preflight
define web web:2 "\"address\": \"$address\", "
define other web:1 '"address": "10.77.0.1:7002", '
check "a new revision waits" within 30 sh -c "smctl status --json | jq -e '.services[] | select(.name == \"web\") | .target | startswith(\"2-\")'"
sleep 35
check "the service keeps its revision" sh -c "smctl status --json | jq -e '.services[] | select(.name == \"web\") | .current | startswith(\"1-\")'"
check "no revision has failed" sh -c "smctl status --json | jq -e '[.services[].failed[]?] | length == 0'"
check "it is the same container" is_same
check "which answers requests" serves "$address" web:1
check "and writes a line of output" curl -sf "http://$address/logged"
check "a new service waits" unit_is other@manager activating

# The same for a daemon that begins with Podman.
systemctl restart service-managerd
check "after a restart of the daemon, the status names Podman" within 30 status_names
check "the journal says what is waited for" within 30 counted "waiting: .*Podman 5.* answers on $engine" 1
check "the container is the same" is_same
check "its requests are answered" serves "$address" web:1
check "its units are as they were" unit_is web@manager active
check "the new service still waits" unit_is other@manager activating

use /run/docker.sock
check "Docker is back" within 30 docker_is up
check "the new revision replaces the old one" within 120 settled_at web 2
check "the new service runs" within 120 settled_at other 1
check "the old one's line has come into the journal" within 20 sh -c "journalctl -u 'web@1-*' -o cat | grep -q 'GET /logged'"
kill "$load"
wait "$load"
check "no request has failed" no_failed_request /run/load.json 200
head -1 /run/load.txt
check "Podman was left as it was" podman_has_nothing
check "smctl doctor has nothing to say of Docker" sh -c 'smctl doctor | grep -qE "^ok +docker"'
finish
