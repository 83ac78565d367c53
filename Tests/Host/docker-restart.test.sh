#!/bin/bash
# In the test host: Docker is restarted, and stopped for a time, with and without live-restore, under load.
. "$(dirname "$0")/lib/checks.sh"
. "$(dirname "$0")/lib/predecessor.sh"

docker_is() { [ "$(systemctl is-active docker)" = "$1" ] || { journalctl -b -n 60 --no-pager | grep -v -e dockerd -e kernel -e tick; return 1; }; }
# Docker's own unit may be started three times a minute, which is less than this test does.
docker_unit() { # VERB
    systemctl reset-failed docker.service
    systemctl "$1" docker.service
}
live_restore() { # true or false
    mkdir -p /etc/docker
    echo "{\"live-restore\": $1}" >/etc/docker/daemon.json
    systemctl reload docker
    within 10 sh -c "docker info --format '{{.LiveRestoreEnabled}}' | grep -qx $1"
}
# The counter's lines are in order, without gaps and repetitions; each of its containers begins with 1.
counts_on() { # MINIMUM
    journalctl -u 'counter@*' -o cat | awk -v minimum="$1" '$1 == "tick" {
        if (seen && $2 != last + 1 && $2 != 1) { print "after " last " comes " $2; bad = 1 }
        last = $2; seen++
    } END { print seen + 0 " lines"; exit bad || seen < minimum }'
}

live_restore true
predecessor
revision=$(put web:1)
check "the manager starts" at_most 90 systemctl start my-service@manager
define_json counter '{"image": "busybox:1", "address": "172.17.0.1:7003", "port": 80, "health_check": "none", "min_healthy": "1s",
    "stop_timeout": "1s", "command": ["sh", "-c", "i=0; while :; do i=$((i + 1)); echo tick $i; sleep 0.1; done"]}'
check "the counter runs" within 60 is_state counter running
check "its lines are in the journal" within 20 counts_on 5
container=$(container_of my-service)
counter=$(container_of counter)

"$traffic" --target "$address" --rate "$(rate 100)" --keepalive 10 --short 32 --json /run/load.json >/run/load.txt 2>&1 &
load=$!
check "Docker is restarted" docker_unit restart
check "the manager is active" within 30 is_active my-service@manager
check "the revision is active" within 30 is_active "my-service@$revision"
check "it is the same container" is_number "$(container_of my-service)" "$container"
check "the manager is restarted" systemctl restart my-service@manager
check "the revision's unit is restarted" systemctl restart "my-service@$revision"
check "it is still the same container" is_number "$(container_of my-service)" "$container"

check "Docker is stopped" docker_unit stop
check "the manager goes down with it, as its unit file says" within 10 not is_active my-service@manager
check "the status says that Docker is stopped, and what starts it" \
    within 10 sh -c 'smctl status --json | jq -r .daemon.docker.error | grep -q "systemctl start docker"'
systemctl restart service-managerd
smctl status >/run/status.txt 2>&1
check "Docker isn't started again" stays 12 docker_is inactive
check "Docker is started" docker_unit start
check "the manager is started again" within 30 is_active my-service@manager
check "and the revision" within 30 is_active "my-service@$revision"
check "it is the same container as ever" is_number "$(container_of my-service)" "$container"
check "the service is running" within 30 is_state my-service running
kill "$load"
wait "$load" 2>/dev/null
check "no request failed in all of this" no_failed_request /run/load.json 1000
head -1 /run/load.txt
check "the counter's container is the same" is_number "$(container_of counter)" "$counter"
check "no line of the counter's is missing or there twice" within 20 counts_on 100

check "a person stops the manager" at_most 60 systemctl stop my-service@manager
check "Docker is restarted" docker_unit restart
check "the manager that a person stopped stays stopped" stays 5 not is_active my-service@manager
check "it has no container" has_no_container my-service

live_restore false
check "the manager starts" at_most 90 systemctl start my-service@manager
container=$(container_of my-service)
check "Docker is restarted, and takes the containers down" docker_unit restart
check "the service serves again" within 60 serves "$address" web:1
check "the manager is active" within 30 is_active my-service@manager
check "it is another container" not is_number "$(container_of my-service)" "$container"
check "the counter runs again" within 60 is_state counter running
check "Docker is stopped" docker_unit stop
check "Docker isn't started again" stays 12 docker_is inactive
check "Docker is started" docker_unit start
check "the service serves again" within 60 serves "$address" web:1
check "the manager is started again" within 30 is_active my-service@manager
check "and the revision" within 30 is_active "my-service@$revision"
check "the counter runs again" within 60 is_state counter running
check "the lines of each of its containers are complete" counts_on 100
finish
