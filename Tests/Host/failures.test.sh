#!/bin/bash
# In the test host: revisions that can't work. The running one keeps serving, and the reason is shown.
. "$(dirname "$0")/lib/checks.sh"
address=172.17.0.1:7001

failed_in() { # GENERATION PHASE, a regular expression
    status web | jq -e ".services[0].failed | any((.revision | startswith(\"$1-\")) and (.phase | test(\"^($2)$\")))" >/dev/null
}
failed_revision() { # GENERATION
    status web | jq -r ".services[0].failed[].revision | select(startswith(\"$1-\"))"
}
has_no_container_of() { # REVISION
    is_number "$(containers_with "service-manager.revision=$1" --data all=1 | jq length)" 0
}
exit_code() { # EXPECTED COMMAND...
    local expected=$1 found
    shift
    "$@" >/tmp/exit.out 2>&1
    found=$?
    [ "$found" = "$expected" ] || { echo "expected exit $expected, found $found"; cat /tmp/exit.out; return 1; }
}

define web web:1 '"address": "172.17.0.1:7001", '
check "the first revision serves" within 60 settled_at web 1
"$traffic" --target "$address" --rate "$(rate 100)" --keepalive 5 --short 32 --json /tmp/load.json >/tmp/load.txt 2>&1 &
load=$!

define web crash:1 '"address": "172.17.0.1:7001", '
check "a revision that crashes is refused" within 60 failed_in 2 "start|healthy"
check "its exit code is told" sh -c "smctl status --json web | jq -e '.services[0].failed[] | select(.exit_code == 3)'"
define web mute:1 '"address": "172.17.0.1:7001", "healthy_deadline": "3s", "stop_timeout": "2s", '
check "a revision that never answers its check is refused" within 60 failed_in 3 healthy
systemctl start docker-registry
define web 127.0.0.1:5000/nowhere:1 '"address": "172.17.0.1:7001", '
check "a revision whose image doesn't exist is refused" within 60 failed_in 4 pull
define web web:1 '"address": "172.17.0.1:7001", "entrypoint": ["/nothing"], '
check "a revision whose program doesn't exist is refused" within 60 failed_in 5 start
check "its container, which never ran, is removed" within 20 has_no_container_of "$(failed_revision 5)"
# The containers of the others as well: the one that never answered ignores SIGQUIT, and is killed after its stop_timeout.
check "no container of a refused revision is left" within 20 has_containers web 1
check "the daemon ends within 10 s" at_most 10 systemctl stop service-managerd
check "it starts again" systemctl start service-managerd
define web web:1 '"address": "172.17.0.1:7001", "replicas": "many", '
check "a document that isn't a definition is refused" within 30 sh -c \
    "smctl status --json web | jq -e '.services[0].rejected.reasons[0] | contains(\"replicas\")'"
check "smctl status says so with exit code 3" exit_code 3 smctl status
check "smctl status names what failed" sh -c 'smctl status | grep -q "kept"'
check "the journal says which phase failed" within 10 tells 'failed in phase "pull"'
check "smctl validate names the mistake with exit code 6" exit_code 6 smctl validate /etc/service-managerd/services/web.json
kill "$load"
wait "$load"
check "the first revision is still current" is_number "$(current_of web | cut -d- -f1)" 1
check "0 failed requests" no_failed_request /tmp/load.json 200
define web web:2 '"address": "172.17.0.1:7001", '
check "the next good revision rolls out" within 60 settled_at web 7
finish
