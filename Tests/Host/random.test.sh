#!/bin/bash
# In the test host: random operations on one service under load, most of them before the previous one has settled. No request may
# fail, and the last definition must serve in the end.
#
#   HOST_OPERATIONS=100   the number of operations, by default 30; HOST_SEED=7 repeats the same ones
. "$(dirname "$0")/lib/checks.sh"

operations=${HOST_OPERATIONS:-30}
seed=${HOST_SEED:-$((RANDOM * 32768 + RANDOM))}
RANDOM=$seed
echo "$operations operations, HOST_SEED=$seed"

# Clients use the first address; the second one is added, removed and changed.
address=172.17.0.1:7001
second=7002
image=web:1
replicas=1
invalid=
write() { # IMAGE
    # Only a revision that never answers is given up soon. The others become healthy, however slow the machine is.
    local addresses="\"$address\"" deadline=60s
    [ "$1" != mute:1 ] || deadline=3s
    [ "$second" = none ] || addresses+=", \"172.17.0.1:$second\""
    cat >/etc/service-managerd/services/.web.new <<JSON
{"image": "$1", "address": [$addresses], "port": ${invalid:-80}, "replicas": $replicas, "parallelism": 2,
 "health_check": {"kind": "http", "startup_interval": "200ms", "interval": "1s"}, "stop_signal": "SIGQUIT",
 "min_healthy": "500ms", "drain_timeout": "1s", "start_deadline": "10m", "healthy_deadline": "$deadline", "stop_timeout": "5s"}
JSON
    mv /etc/service-managerd/services/.web.new /etc/service-managerd/services/web.json
}
declare -A count
operate() {
    local what
    case $((RANDOM % 13)) in
    0 | 1 | 2) what=change; image=web:$((RANDOM % 5 + 1)); write $image ;;
    3) what=crashing; write crash:1 ;;
    4) what=mute; write mute:1 ;;
    5) what=invalid; invalid='"80x"'; write $image; invalid= ;;
    6) what=scale; replicas=$((RANDOM % 3 + 1)); write $image ;;
    7) what=address; second=$(shuf -n1 -e 7002 7003 none --random-source=<(yes $RANDOM)); write $image ;;
    8) what=rollback; smctl rollback web -m "random" ;;
    9) what=pause; smctl pause web -m "random" ;;
    10) what=resume; smctl resume web ;;
    11) what=restart-containers; smctl restart web ;;
    12)
        if ((RANDOM % 2)); then
            what=restart-daemon
            systemctl restart service-managerd
        else
            what=kill-daemon
            systemctl kill --kill-whom=main -s KILL service-managerd
        fi
        ;;
    esac >/dev/null 2>&1
    count[$what]=$((${count[$what]:-0} + 1))
    echo "$(date +%T) $what" >>/run/operations
}
settled() {
    local expected=$1
    is_state web running &&
        [ "$(status web | jq -r '[.services[0].backends[] | select(.role == "current") | .image] | unique | join(",")')" = "$expected" ] &&
        [ "$(containers_of web)" = "$replicas" ]
}
are_destinations() { # PORT COUNT
    is_number "$(ipvsadm -Ln -t "172.17.0.1:$1" 2>/dev/null | awk '/->/ && $2 ~ /^[0-9]/ && $4 > 0' | wc -l)" "$2"
}
are_virtual_services() { is_number "$(ipvsadm -Sn | grep -c '^-A')" "$1"; }

write $image
check "the first revision serves" within 60 settled web:1
"$traffic" --target "$address" --rate "$(rate 100)" --keepalive 10 --short 32 --json /run/load.json >/run/load.txt 2>&1 &
load=$!
began=$SECONDS
for ((done = 0; done < operations; done++)); do
    operate
    # Often immediately, sometimes after everything may have settled.
    case $((RANDOM % 4)) in
    0) sleep 0.2 ;;
    1 | 2) sleep 1.$((RANDOM % 10)) ;;
    3) sleep 3 ;;
    esac
done
took=$((SECONDS - began))
for what in "${!count[@]}"; do echo "  ${count[$what]} $what"; done | sort -rn
echo "$operations operations in $took s"

# The wanted final state: nothing paused, nothing pinned, and a new definition.
image=web:3
replicas=2
second=7003
smctl resume web >/dev/null 2>&1 # a pause
write web:3
ended=$SECONDS
smctl resume web >/dev/null 2>&1
check "the last definition is what serves" within 120 settled web:3
echo "settled $((SECONDS - ended)) s after the last operation"
check "as many destinations as replicas have traffic" within 10 are_destinations 7001 2
check "at the second address, too" within 10 are_destinations 7003 2
check "no virtual service is left over" within 20 are_virtual_services 2
kill "$load"
wait "$load"
check "0 failed requests" no_failed_request /run/load.json $((took * 20))
head -1 /run/load.txt
[ "$failures" = 0 ] || { echo "HOST_SEED=$seed plays the same operations again:"; cat /run/operations; }
finish
