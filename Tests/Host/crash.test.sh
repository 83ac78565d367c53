#!/bin/bash
# In the test host: the daemon is killed in the middle of a rollout, and restarted while the services run.
. "$(dirname "$0")/lib/checks.sh"
address=172.17.0.1:7001
rules() { ipvsadm -Sn; }
answers() { smctl status >/dev/null; }

define web web:1 '"address": "172.17.0.1:7001", '
check "the first revision serves" within 60 settled_at web 1
"$traffic" --target "$address" --rate "$(rate 200)" --keepalive 10 --short 64 --json /tmp/load.json >/tmp/load.txt 2>&1 &
load=$!

# At another moment of the rollout each time: pulled, created, started, in service, draining.
generation=1
for delay in 0.3 1.0 2.0 3.0 4.0 6.0; do
    generation=$((generation + 1))
    define web "web:$((generation % 5 + 1))" '"address": "172.17.0.1:7001", '
    sleep "$delay"
    systemctl kill --kill-whom=main -s KILL service-managerd.service
    check "killed $delay s into a rollout, the daemon completes it" within 90 settled_at web "$generation"
done

before=$(docker inspect -f '{{.Id}} {{.State.StartedAt}}' "$(docker ps -q --filter label=service-manager.service=web)")
table=$(rules)
check "a restart while all is well succeeds" systemctl restart service-managerd
check "the daemon answers again" within 20 answers
check "the service is running" within 20 settled_at web "$generation"
check "no container was restarted" is_number \
    "$(docker inspect -f '{{.Id}} {{.State.StartedAt}}' "$(docker ps -q --filter label=service-manager.service=web)")" "$before"
check "no daemon has taken the rules away that the one before it wrote" not tells 'rules removed'
check "the kernel's table is the same" is_number "$(rules)" "$table"
service-managerd run >/run/second.txt 2>&1
check "a second daemon is refused" is_number $? 1
check "it is told which process is the first" grep -F "(process $(systemctl show -P MainPID service-managerd))" /run/second.txt
check "the first rollout continues" settled_at web "$generation"
kill "$load"
wait "$load"
check "0 failed requests" no_failed_request /tmp/load.json 1000
head -1 /tmp/load.txt
finish
