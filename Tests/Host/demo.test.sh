#!/bin/bash
# In the test host: the demonstration of `make demo`.
. "$(dirname "$0")/lib/checks.sh"
address=172.17.0.1:7001
show() { echo; echo "\$ $*"; "$@" || true; }
refused() { status web | jq -e '.services[0].failed | length > 0' >/dev/null; }

echo "demo: nginx is deployed by a file in /etc/service-managerd/services"
define web web:1 "\"address\": \"$address\", "
within 60 settled_at web 1
show cat /etc/service-managerd/services/web.json
show smctl status
echo
echo "demo: 200 requests a second from now on, over keep-alive and short connections"
"$traffic" --target "$address" --rate "$(rate 200)" --keepalive 10 --short 64 --json /tmp/demo.json >/tmp/demo.txt 2>&1 &
load=$!
rollouts=0
for revision in 2 3 4; do
    echo "demo: revision $revision"
    define web "web:$revision" "\"address\": \"$address\", "
    within 90 settled_at web "$revision" && rollouts=$((rollouts + 1))
done
echo "demo: revision 5 never answers its health check"
define web mute:1 "\"address\": \"$address\", \"healthy_deadline\": \"5s\", "
within 60 refused
show smctl status
show systemctl status --no-pager --lines=3 'web@*'
show ipvsadm -Ln
show journalctl --no-pager -u service-managerd -o cat --lines=30
kill "$load"
wait "$load"
echo
cat /tmp/demo.txt
refusals=$(status web | jq '.services[0].failed | length')
total=$(jq .total /tmp/demo.json)
failed=$(jq .failed /tmp/demo.json)
echo "demo: $total requests, $failed failed, $rollouts rollouts, $refusals refused"
[ "$failed" = 0 ] && [ "$total" -gt 1000 ] && [ "$rollouts" = 3 ] && [ "$refusals" = 1 ]
