#!/bin/bash
# In the test host: containers that end by themselves, and unknown or unwanted containers.
. "$(dirname "$0")/lib/checks.sh"

address=172.17.0.1:7001
put() { # NAME IMAGE PORT [MORE JSON MEMBERS]
    cat >"/etc/service-managerd/services/.$1.new" <<JSON
{"image": "$2", "address": "172.17.0.1:$3", "port": 80, "stop_signal": "SIGQUIT", "drain_timeout": "3s", ${4:-}
 "health_check": {"kind": "tcp", "startup_interval": "100ms"}}
JSON
    mv "/etc/service-managerd/services/.$1.new" "/etc/service-managerd/services/$1.json"
}
put_command() { # NAME PORT SHELL COMMAND [MORE JSON MEMBERS]
    jq -n --arg command "$3" '{image: "busybox:1", port: 80, address: "172.17.0.1:'"$2"'", health_check: "none", min_healthy: "1s",
        stop_timeout: "1s", entrypoint: ["/bin/busybox", "sh", "-c"], command: [$command]} + {'"${4:-}"'}' \
        >"/etc/service-managerd/services/.$1.new"
    mv "/etc/service-managerd/services/.$1.new" "/etc/service-managerd/services/$1.json"
}
destinations() { ipvsadm -Ln -t "$address" | awk '/->/ && $2 ~ /^[0-9]/ && $4 > 0' | wc -l; }
containers() { running_containers_of "$1"; }
process_of() { curl -s --unix-socket /run/docker.sock "http://localhost/containers/$1/json" | jq .State.Pid; }
crash() { kill -9 "$(process_of "$1")"; }
restart_of() { # NAME JQ CONDITION on its first restart
    status "$1" | jq -e ".services[0].restarts[0] | $2" >/dev/null || { status "$1" | jq -c '.services[0] | {state, detail, restarts}'; return 1; }
}
serving() { status "$1" | jq -e "[.services[0].backends[] | select(.phase == \"serving\")] | length == $2" >/dev/null; }
are_destinations() { is_number "$(destinations)" "$1"; }
# In the background: the function's process becomes the load.
load() { exec "$traffic" --target "$address" --rate "$(rate 100)" --keepalive 5 --short 32 --json "$1" >/dev/null 2>&1; }

put web web:1 7001 '"replicas": 2, "min_healthy": "20s",'
put_command leaver 7002 'sleep 5; exit 7'
check "two replicas serve" within 120 serving web 2
check "both are stable" within 120 is_state web running

load /run/crash.json &
load=$!
sleep 2
victim=$(containers web | head -1)
began=$(date +%s%N)
crash "$victim"
check "a container that crashes leaves the table at once" within 5 are_destinations 1
removed=$((($(date +%s%N) - began) / 1000000))
load /run/after.json &
after=$!
sleep 1
kill "$load"
wait "$load" 2>/dev/null
echo "note: requests that failed at the crash, of those in flight: $(jq -r '"\(.failed) of \(.total)"' /run/crash.json)"
# A hundred requests per second, half of which go to the crashed container.
allowed=$((20 + removed / 20))
check "only requests until it had left the table, after $removed ms, can have failed" \
    jq -e ".total > 100 and .failed <= $allowed" /run/crash.json
check "a crash is told from a stop by hand" within 5 restart_of web '.cause == "exit" and .exit_code == 137 and .out_of_memory == false and .count == 1'
check "it is started again" within 40 serving web 2

crash "$(containers web | head -1)"
check "a second crash before it was stable counts on" within 5 restart_of web '.count == 2 and .delay == 2'
check "it is started again, later" within 40 serving web 2
crash "$(containers web | head -1)"
check "a third one is a crash loop" within 5 restart_of web '.count == 3 and .crash_loop'
check "it is started again, later still" within 40 serving web 2
# It waits for 8s after this crash, enough to read the status at this host's pace.
crash "$(containers web | head -1)"
check "smctl status says so, and when it is started again" within 7 sh -c \
    "smctl status web | grep -E 'restarting, 4th time \(crash loop\), exit 137; again in [0-9]+s'"
check "both serve again" within 60 is_state web running
has_no_restarts() { [ "$(status web | jq '.services[0].restarts')" = null ]; }
check "once it is stable, the count begins again at 0" within 60 has_no_restarts

victim=$(containers web | head -1)
docker rm -f "$victim" >/dev/null
check "a container that is removed by hand leaves the table at once" within 5 are_destinations 1
check "the status says that a person did it" within 5 restart_of web '.cause == "by_hand" and .delay == 30'
check "after 30 s there is another" within 60 serving web 2
victim=$(containers web | head -1)
docker network disconnect bridge "$victim"
check "a container that is disconnected from its network leaves the table at once" within 5 are_destinations 1
check "the journal says so" within 10 tells 'was disconnected from its network by somebody else'
has_container() { containers "$1" | grep -q "^$2"; }
gone() { ! docker inspect "$1" >/dev/null 2>&1; }
check "it is removed" within 60 gone "$victim"
check "another takes its place" within 40 serving web 2

# A person's actions with Docker's own commands.
check "both are stable again" within 60 is_state web running
check "nothing of that is counted" within 60 has_no_restarts
victim=$(containers web | head -1)
docker restart "$victim" >/dev/null
check "a container that is restarted by hand is in service again" within 20 is_state web running
check "it is the same container" has_container web "$victim"
check "with its destination" are_destinations 2
check "it isn't counted as a restart" within 20 has_no_restarts
docker stop "$victim" >/dev/null
check "one that is stopped by hand leaves the table" within 5 are_destinations 1
check "the status counts it as missing" within 5 sh -c "smctl status web | grep '^web ' | grep -F ' 1/2 '"
sleep 3
docker start "$victim" >/dev/null
check "started again by hand, it is in service again" within 20 is_state web running
check "it is still the same container" has_container web "$victim"
docker kill --signal HUP "$victim" >/dev/null
sleep 12
check "a signal that doesn't end a container leaves it in service" are_destinations 2
crash "$victim"
check "its crash later isn't taken for a stop by hand" within 5 restart_of web '.cause == "exit" and .delay == 1'
check "both serve again after that" within 60 is_state web running
check "all of that is past" within 60 has_no_restarts

# An image that is made from a running container has copies of its labels.
victim=$(containers web | head -1)
docker commit "$victim" committed:1 >/dev/null
load /run/commit.json &
commit=$!
copy=$(docker run -d --rm --name copy committed:1)
check "the status names a container with copied labels" within 70 sh -c "smctl status web | grep -q 'copy.*docker commit'"
check "it is left alone" [ "$(docker inspect -f '{{.State.Running}}' copy)" = true ]
check "the daemon starts beside it" systemctl restart service-managerd
check "and ignores it" within 20 is_state web running
check "with only its own destinations" are_destinations 2
docker stop "$copy" >/dev/null
sleep 3
check "its end leaves the original in service" has_container web "$victim"
check "with all destinations" are_destinations 2
check "and counts for nothing" has_no_restarts
kill "$commit"
wait "$commit" 2>/dev/null
check "no request failed beside a copy" no_failed_request /run/commit.json 500
docker rmi committed:1 >/dev/null

kill "$after"
wait "$after" 2>/dev/null
jq -c '{total, failed}' /run/after.json | sed 's/^/note: load over what followed: /'

check "the exit code of one that leaves by itself is told" within 30 restart_of leaver '.cause == "exit" and .exit_code == 7'
check "its unit's manager stays" systemctl is-active leaver@manager
rm /etc/service-managerd/services/leaver.json

if has_controller memory; then
    # shellcheck disable=SC2016 # the container's shell expands it
    put_command eater 7003 'sleep 4; a=xxxxxxxxxxxxxxxx; while :; do a=$a$a; done' 'memory: "16m"'
    check "one that is out of memory is told from one that exits" within 60 restart_of eater '.cause == "out_of_memory" and .out_of_memory'
    check "smctl status says so" within 10 sh -c "smctl status eater | grep 'out of memory'"
    rm /etc/service-managerd/services/eater.json
else
    echo "note: this kernel has no memory controller ($(awk '$4 == 1 {print $1}' /proc/cgroups | xargs)): nothing runs out of memory"
fi
check "a service whose document is gone goes" within 60 has_containers leaver 0

# Unknown containers. The ghost has everything that a service of ours has, including a virtual service, but no document.
label() { docker inspect -f "{{index .Config.Labels \"service-manager.$1\"}}" "$(containers web | head -1)"; }
revision=$(label revision)
document=$(label document)
ghost=$(printf '{"image": "web:1", "port": 80, "address": "172.17.0.1:7009", "drain_timeout": "1s"}' | base64 -w0)
put gone web:2 7004 '"min_healthy": "1s",'
check "a service that is deleted soon serves" within 60 serving gone 1
load /run/lost.json &
load=$!
before=$(containers web | sort | xargs)
systemctl stop service-managerd
rm /etc/service-managerd/services/gone.json
rm -rf /var/lib/service-managerd/services/web
docker run -d --name ghost.1-a.1.1 --label service-manager.service=ghost --label service-manager.revision=1-a --label service-manager.slot=1 \
    --label service-manager.attempt=1 --label "service-manager.document=$ghost" web:1 >/dev/null
ipvsadm -A -t 172.17.0.1:7009 -s wlc
ipvsadm -a -t 172.17.0.1:7009 -r "$(docker inspect -f '{{.NetworkSettings.IPAddress}}' ghost.1-a.1.1):80" -m -w 1
docker run -d --name partial --label service-manager.service=web web:1 >/dev/null
docker run -d --name foreign web:1 >/dev/null
systemctl start service-managerd
stray=web.$(printf %.9s "$revision").1.99
docker create --name "$stray" --label service-manager.service=web --label "service-manager.revision=$revision" \
    --label service-manager.slot=1 --label service-manager.attempt=99 --label "service-manager.document=$document" web:1 >/dev/null
check "with its state lost, a service is rebuilt from its containers" within 30 is_state web running
check "a service whose document was deleted meanwhile goes" within 60 has_containers gone 0
check "a service that no source defines is given up after a while" within 90 gone ghost.1-a.1.1
check "with its virtual service" within 20 sh -c '! ipvsadm -Ln | grep -q 172.17.0.1:7009'
check "a container of a service that it doesn't know is removed" within 90 gone "$stray"
check "the daemon that removed it ends within 10 s" at_most 10 systemctl stop service-managerd
check "it starts again" systemctl start service-managerd
check "the journal told of it before" within 10 tells 'ghost: containers were found, but the service has no record'
check "one whose labels can't be understood is left alone" [ "$(docker inspect -f '{{.State.Running}}' partial)" = true ]
check "and named" within 10 tells 'the container partial has incomplete or invalid service-manager labels'
check "one without our labels is left alone" [ "$(docker inspect -f '{{.State.Running}}' foreign)" = true ]
check "the service that lost its state kept its containers" [ "$(containers web | grep -vF "$(docker inspect -f '{{.Id}}' partial)" | sort | xargs)" = "$before" ]
kill "$load"
wait "$load" 2>/dev/null
check "no request failed over the loss of the state" no_failed_request /run/lost.json 500
finish
