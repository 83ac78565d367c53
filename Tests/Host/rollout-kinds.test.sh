#!/bin/bash
# In the test host: the ways in which a revision takes over, is superseded, or fails; with streams that must not be cut.
. "$(dirname "$0")/lib/checks.sh"

address=172.17.0.1:7001
single=172.17.0.1:7002
write() { # NAME ADDRESS IMAGE MEMBERS : the short times hold where the members name no others
    local file=/etc/service-managerd/services/$1.json
    jq -n --arg image "$3" --arg address "$2" --argjson members "{${4%,}}" \
        '{image: $image, address: $address, port: 80, health_check: "http", stop_signal: "SIGQUIT", min_healthy: "1s",
          drain_timeout: "3s"} + $members' >"$file.new"
    mv "$file.new" "$file"
}
put() { write web "$address" "$1" "${2:-}"; } # IMAGE [MEMBERS]
# The revision is current, and nothing else is left, regardless of newer ones.
alone_at() { # NAME GENERATION
    [[ "$(current_of "$1")" == "$2"-* ]] && [ "$(containers_of "$1")" = 1 ]
}
failed_in() { # NAME GENERATION PHASE
    status "$1" | jq -e ".services[0].failed | any((.revision | startswith(\"$2-\")) and .phase == \"$3\")" >/dev/null ||
        { status "$1" | jq -c '.services[0].failed'; return 1; }
}
container_of() { docker ps -q --no-trunc --filter label=service-manager.service="$1"; }
running_of() { docker ps -q --filter label=service-manager.service="$1" | wc -l; }
is_candidate() { # NAME GENERATION
    status "$1" | jq -e ".services[0].target | startswith(\"$2-\")" >/dev/null
}
journal_of() { journalctl -u service-managerd SERVICE_ID="$1" -o cat; }
says() { # NAME WORDS
    journal_of "$1" | has_line -F -- "$2" || { journal_of "$1" | tail -5; return 1; }
}
journal_has_twice() { [ "$(journal_of web | grep -c "those of 2-")" = 2 ]; }
failed_again() { [ "$(journal_of web | grep -c "rollout of 9-.* failed in phase")" = 2 ] && alone_at web 7; }
stream() { # FILE : asks for the body that takes seven seconds
    curl -s -o "$1" -w '%{http_code} %{size_download}\n' "http://$address/stream" >"$1.end" 2>/dev/null
}

put web:1 '"drain_timeout": "20s",'
check "the service runs" within 60 settled_at web 1
"$traffic" --target "$address" --rate "$(rate 100)" --keepalive 10 --short 32 --json /run/load.json >/run/load.txt 2>&1 &
load=$!

# Draining: requests that have begun are completed, up to the deadline.
whole=$(curl -s -o /dev/null -w '%{size_download}' "http://$address/large")
streams=()
for n in 1 2 3; do stream "/run/stream-$n" & streams+=($!); done
sleep 0.5
old=$(container_of web)
put web:2 '"drain_timeout": "2s", "stop_timeout": "1s", "stop_signal": "SIGTERM",'
wait "${streams[@]}"
for n in 1 2 3; do
    check "stream $n, begun before the rollout, was sent whole" is_number "$(cat "/run/stream-$n.end")" "200 $whole"
done
check "then its container leaves" within 30 not docker inspect "$old"
check "and the new revision is alone" within 30 settled_at web 2

# Saved again without a change that matters.
put web:2 '"drain_timeout": "2s", "stop_timeout": "1s", "stop_signal": "SIGTERM", "roll": "spec", "comment": "first",'
check "with \"roll\": \"spec\" a revision that says the same is noted" within 20 says web "those of 2-"
before=$(container_of web)
put web:2 '"drain_timeout": "2s", "stop_timeout": "1s", "stop_signal": "SIGTERM", "roll": "spec", "comment": "second",'
check "so is the next" within 20 journal_has_twice
check "and nothing is replaced" is_number "$(container_of web)" "$before"
put web:2 '"drain_timeout": "2s", "stop_timeout": "1s", "stop_signal": "SIGTERM", "roll": "spec", "environment": {"A": "b"},'
check "a changed environment rolls" within 60 settled_at web 5

# Superseded: the newest revision wins, and the superseded one is removed.
put mute:1 '"healthy_deadline": "5m",'
check "a revision that doesn't get healthy is the candidate" within 20 is_candidate web 6
put web:3
check "a newer one overtakes it" within 60 settled_at web 7
check "the journal says so" says web "is given up for the newer 7-"

# Deadlines and the memory of failures.
put web:4 '"replicas": 2, "parallelism": 1, "progress_deadline": "4s", "min_healthy": "3s",'
check "a rollout that doesn't get on in time fails in phase progress" within 40 failed_in web 8 progress
check "the earlier revision is alone again" within 40 alone_at web 7
put web:4 '"command": ["sh", "-c", "nginx; sleep 6; exit 7"], "min_healthy": "20s",'
check "one that ends while it is to prove itself fails in phase min_healthy" within 60 failed_in web 9 min_healthy
check "the earlier revision is alone again" within 40 alone_at web 7
systemctl restart service-managerd
within 20 is_state web degraded
check "a failed revision isn't tried again by a restart of the daemon" is_number "$(running_of web)" 1
check "its failure is remembered" failed_in web 9 min_healthy
smctl retry web >/dev/null
check "a person may try it again" within 20 sh -c "[ \"\$(docker ps -q --filter label=service-manager.service=web | wc -l)\" = 2 ]"
check "it fails again" within 60 failed_again
put web:4
check "a new revision needs no person" within 60 settled_at web 10

kill "$load"
wait "$load" 2>/dev/null
head -1 /run/load.txt

# A service that can't run twice.
once() { write single "$single" "$1" '"order": "stop-first"'; } # IMAGE
once web:1
check "a service that can't run twice runs" within 60 settled_at single 1
touch /run/sampling
{
    most=0
    while [ -e /run/sampling ]; do
        now=$(running_of single)
        [ "$now" -le "$most" ] || most=$now
    done
    echo "$most" >/run/most
} &
sampler=$!
once web:2
check "its next revision takes over" within 60 settled_at single 2
once crash:1
check "one that ends at once is refused" within 60 sh -c "smctl status --json single | jq -e '.services[0].failed | length > 0'"
check "and the one before runs again" within 60 serves "$single" web:2
rm /run/sampling
wait "$sampler"
check "never two of its containers ran" is_number "$(cat /run/most)" 1

finish
