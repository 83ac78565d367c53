#!/bin/bash
# In the test host: commands of a person, and definitions that say how and where a service runs; all under load.
. "$(dirname "$0")/lib/checks.sh"

address=172.17.0.1:7001
put() { # IMAGE [MORE JSON MEMBERS]
    define web "$1" "\"address\": \"$address\", ${2:-}"
}
weights() { ipvsadm -Ln -t "$address" | awk '/->/ && $2 ~ /^[0-9]/ {print $4}' | sort -n | xargs; }
are_weights() { [ "$(weights)" = "$1" ] || { echo "expected weights $1, found $(weights)"; return 1; }; }
is_current_image() { [ "$(status web | jq -r '[.services[0].backends[] | select(.role == "current") | .image] | unique | join(",")')" = "$1" ]; }
settled_with() { # IMAGE CONTAINERS
    is_state web running && is_current_image "$1" && [ "$(containers_of web)" = "$2" ]
}
# The minimum number of destinations with a weight above 0, checked continuously until the file is removed.
sample_destinations() {
    local fewest=99 now
    while [ -e /run/sampling ]; do
        now=$(ipvsadm -Ln -t "$address" | awk '/->/ && $2 ~ /^[0-9]/ && $4 > 0' | wc -l)
        [ "$now" -ge "$fewest" ] || fewest=$now
    done
    echo "$fewest" >/run/fewest
}

put web:1
check "the service runs" within 60 settled_with web:1 1
"$traffic" --target "$address" --rate "$(rate 100)" --keepalive 10 --short 32 --json /run/load.json >/run/load.txt 2>&1 &
load=$!

check "the metrics say that the service runs" sh -c \
    "curl -s --unix-socket /run/service-managerd/control.sock http://localhost/metrics | grep -qF 'smd_service_state{service=\"web\",state=\"running\"} 1'"
check "smctl doctor finds all well" smctl doctor
check "it says after which time the kernel forgets a connection" sh -c \
    "smctl doctor | grep -qE '^ok +ipvs timeouts +a connection that is idle for longer is forgotten: tcp 15m'"
check "it has connected through the kernel's table" sh -c "smctl doctor | grep -qE '^ok +connections +$address takes connections'"
sysctl -qw net.ipv4.vs.expire_nodest_conn=0
smctl doctor >/run/doctor.txt
check "it exits with 3 when a setting is wrong" is_number $? 3
check "it names the setting and what to do" grep -A 1 "net.ipv4.vs.expire_nodest_conn is 0; expected 1" /run/doctor.txt
check "what to do helps" sh -c "$(sed -n 's/.*run `\(sysctl [^`]*\)`.*/\1/p' /run/doctor.txt) >/dev/null && smctl doctor"

echo '{"ipvs_timeouts": {"tcp": "2h"}}' >/etc/service-managerd/config.json
systemctl restart service-managerd
is_forgotten_after() { ipvsadm -L --timeout | has_line -w "$1"; } # SECONDS
check "that time can be configured" within 10 is_forgotten_after 7200
# The daemon checks every 30s, so it may be quicker than the doctor.
warns() {
    ipvsadm --set 900 120 300
    # The doctor's own exit status is 3 then.
    has_line -E '^warning +ipvs timeouts .*tcp 15m.*expected tcp 2h' <<<"$(smctl doctor)"
}
check "smctl doctor says so when it isn't as configured" within 20 warns
ipvsadm --set 900 120 300
check "it is set again" within 40 is_forgotten_after 7200
rm /etc/service-managerd/config.json
systemctl restart service-managerd
check "without the setting it stays as it is" is_forgotten_after 7200
within 20 is_state web running

switch_details() { systemctl kill --kill-whom=main -s USR1 service-managerd; }
check "a signal asks for all details" switch_details
check "the journal says so" within 10 tells 'the log level is now debug'
check "a service can be paused" smctl pause web -m "looking into it"
check "it has every event then" within 10 tells '^web: happened: operator: pause$'
check "another signal ends that" switch_details
check "the journal says so, too" within 10 tells 'the log level is now info'
put web:2
sleep 3
check "a paused service doesn't roll" is_current_image web:1
check "the status says who paused it, and why" sh -c "smctl status web | grep -q 'looking into it'"
systemctl restart service-managerd
check "the pause survives a restart of the daemon" within 20 is_state web paused
check "it is still the old revision" serves "$address" web:1
check "resumed, it rolls" smctl resume web --wait
check "it is the new revision" within 30 settled_with web:2 1

check "a rollback needs neither source nor registry" smctl rollback web --wait
check "it is the earlier revision" within 30 settled_with web:1 1
systemctl restart service-managerd
check "the rollback survives a restart of the daemon" within 20 settled_with web:1 1
check "it is taken back" smctl resume web --wait
check "the newest revision is back" within 30 settled_with web:2 1
check "smctl history says who rolled back" sh -c "smctl history web | grep -q 'rollback by root'"
check "it says which revision is current, and what became of the others" [ \
    "$(smctl history web --json | jq -r '[.entries[].result] | join(" ")')" = "current retired retired retired" ]

before=$(docker ps -q --filter label=service-manager.service=web)
smctl logs web --follow --tail 0 >/run/followed.txt &
follower=$!
follows() { curl -s "http://$address/logged" >/dev/null && grep -q "GET /logged" /run/followed.txt; }
check "a log is followed" within 20 follows
check "the containers can be replaced" smctl restart web --wait
check "it is another container" within 30 sh -c "settled=\$(docker ps -q --filter label=service-manager.service=web); [ -n \"\$settled\" ] && [ \"\$settled\" != $before ]"

check "the followed log continues with the new container" within 20 grep -q "start worker process" /run/followed.txt
kill "$follower"

put web:3 '"canary": 25,'
check "a canary gets its share" within 30 are_weights "1 3"
check "the status says how to go on" within 20 sh -c "smctl status web | grep -q 'smctl promote web'"
check "it is promoted" smctl promote web --wait
check "the new revision has it all" within 30 settled_with web:3 1

touch /run/sampling
put web:1 '"replicas": 3,'
check "three replicas serve" within 60 settled_with web:1 3
sample_destinations &
sampler=$!
put web:2 '"replicas": 3,'
check "they are replaced one by one" within 90 settled_with web:2 3
put web:3 '"replicas": 3, "parallelism": 3,'
check "they are replaced all at once" within 90 settled_with web:3 3
rm /run/sampling
wait "$sampler"
check "never fewer than three destinations had a weight above 0" [ "$(cat /run/fewest)" = 3 ]

first=$(status web | jq -r '.services[0].backends[0].container')
check "a backend is drained" smctl drain web --backend "${first:0:8}"
check "it gets no new connections" within 10 are_weights "0 1 1"
systemctl restart service-managerd
within 20 is_state web running
check "it stays drained over a restart of the daemon" are_weights "0 1 1"
check "its container runs" [ "$(docker inspect -f '{{.State.Running}}' "$first")" = true ]
check "it is put back" smctl undrain web
check "it serves again" within 10 are_weights "1 1 1"

paused=$(status web | jq -r '.services[0].backends[0].container')
docker pause "$paused" >/dev/null
check "a paused container is taken out of service at once" within 5 are_weights "0 1 1"
docker unpause "$paused" >/dev/null
check "it is back when it continues" within 20 are_weights "1 1 1"

kill "$load"
wait "$load" 2>/dev/null
check "no request failed in all of this" no_failed_request /run/load.json 1000

docker stop "$paused" >/dev/null
check "a container that was stopped by hand leaves the table at once" within 5 are_weights "1 1"
check "the journal says so" within 10 tells "was stopped by somebody else"

put web:3 '"replicas": 3, "enabled": false,'
check "a service that is switched off stops" within 60 is_state web stopped
check "no container is left" within 20 has_containers web 0
put web:1 '"replicas": 1, "enabled": true,'
check "switched on again, it runs" within 60 settled_with web:1 1
put web:1 '"hosts": ["elsewhere*"],'
check "a service for other hosts stops" within 60 is_state web stopped
put web:2 "\"hosts\": [\"$(hostname)\"],"
check "a service for this host runs" within 60 settled_with web:2 1

define other web:1 "\"address\": \"$address\", "
check "the second service that wants an address says which has it" \
    within 20 sh -c "journalctl -u service-managerd SERVICE_ID=other | grep -q 'is the address of the service web'"
check "the first keeps it" serves "$address" web:2

cat >/etc/service-managerd/services/.web.new <<JSON
{"image": "web:1", "address": "$address", "port": 80, "stop_signal": "SIGQUIT", "min_healthy": "1s", "drain_timeout": "3s",
 "health_check": {"kind": "exec", "command": ["nginx", "-t"], "startup_interval": "1s", "timeout": "10s"}}
JSON
mv /etc/service-managerd/services/.web.new /etc/service-managerd/services/web.json
check "a command inside the container can be the health check" within 60 settled_with web:1 1

finish
