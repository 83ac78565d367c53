#!/bin/bash
# In the test host: a rollout with the default times, under load.
. "$(dirname "$0")/lib/checks.sh"

address=172.17.0.1:7001
plain() { # IMAGE
    local file=/etc/service-managerd/services/web.json
    cat >"$file.new" <<JSON
{"image": "$1", "address": "$address", "port": 80, "health_check": "http", "stop_signal": "SIGQUIT"}
JSON
    mv "$file.new" "$file"
}
at() { # WORDS: when the journal said so of the second revision, in seconds
    journalctl -u service-managerd SERVICE_ID=web -o short-unix | grep -F " web: 2-" | grep -F "$1" | head -1 | cut -d' ' -f1
}
is_at_least() { awk -v least="$2" -v found="$1" 'BEGIN { if (found < least) { print "expected " least ", found " found; exit 1 } }'; }

plain web:1
check "the first revision serves" within 90 settled_at web 1
"$traffic" --target "$address" --rate "$(rate 200)" --keepalive 10 --short 64 --json /tmp/load.json >/tmp/load.txt 2>&1 &
load=$!
plain web:2
check "the second revision replaces it" within 120 settled_at web 2
sleep 2
kill "$load"
wait "$load"
check "no request failed" no_failed_request /tmp/load.json 1000
check "the first revision was kept until the second had been in service for 10 s" \
    is_at_least "$(awk -v from="$(at 'is healthy and in service')" -v to="$(at 'is in service and stable')" 'BEGIN { print to - from }')" 9.9

finish
