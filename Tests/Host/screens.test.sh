#!/bin/bash
# In the test host: what smctl shows on a terminal and through a pipe, and the verbs that ask, stop, start and give up.
. "$(dirname "$0")/lib/checks.sh"
export LC_ALL=C.UTF-8

address=172.17.0.1:7001
put() { # IMAGE [MORE JSON MEMBERS]
    define web "$1" "\"address\": \"$address\", ${2:-}"
}
# What a command shows on a terminal that is so wide.
on_terminal() { # COLUMNS COMMAND
    script -qec "stty cols $1 rows 50; $2" /dev/null | tr -d '\r'
}
without_colours() { sed 's/\x1b\[[0-9;]*m//g'; }
fits() { # COLUMNS COMMAND
    local shown longest
    shown=$(on_terminal "$1" "$2" | without_colours)
    [ -n "$shown" ] || { echo "nothing is shown"; return 1; }
    longest=$(wc -L <<<"$shown")
    [ "$longest" -le "$1" ] || { echo "a line has $longest columns"; echo "$shown"; return 1; }
}
has_escapes() { grep -q $'\x1b'; }
exit_code() { # EXPECTED COMMAND...
    local expected=$1 found
    shift
    "$@" >/tmp/exit.out 2>&1
    found=$?
    [ "$found" = "$expected" ] || { echo "expected exit $expected, found $found"; cat /tmp/exit.out; return 1; }
}
says() { # TEXT COMMAND... : whatever its exit status
    local text=$1 said
    shift
    said=$("$@" 2>&1)
    has_line -F -- "$text" <<<"$said" || { echo "$said"; return 1; }
}
weights() { ipvsadm -Ln -t "$address" | awk '/->/ && $2 ~ /^[0-9]/ {print $4}' | sort -n | xargs; }
are_weights() { [ "$(weights)" = "$1" ] || { echo "expected weights $1, found $(weights)"; return 1; }; }

put web:1
check "the service runs" within 60 settled_at web 1
put web:5
check "its second revision runs" within 60 settled_at web 2
"$traffic" --target "$address" --rate "$(rate 100)" --keepalive 5 --short 32 --json /run/load.json >/run/load.txt 2>&1 &
load=$!
define plain web:1
put 127.0.0.1:5999/a/name/that/is/rather/long/for/an/image:1.27.3-with-a-long-tag '"pull_deadline": "1s", '
check "an image that can't be had fails in its time" within 60 is_state web degraded
check "first it is said what that means" says "nothing listens at the registry 127.0.0.1:5999" smctl status web

for command in "smctl status" "smctl status --wide" "smctl history web" "smctl doctor" "smctl show web" "smctl version" \
    "smctl validate /etc/service-managerd/services/web.json" "smctl --help"; do
    check "80 columns: $command" fits 80 "$command"
done
check "132 columns: smctl status --wide" fits 132 "smctl status --wide"
check "a terminal has colours" bash -c "$(declare -f on_terminal has_escapes); on_terminal 80 'smctl status' | has_escapes"
check "NO_COLOR has none" not bash -c "$(declare -f on_terminal has_escapes); on_terminal 80 'NO_COLOR=1 smctl status' | has_escapes"
check "a pipe has none" not bash -c "$(declare -f has_escapes); smctl status | has_escapes"
check "through a pipe nothing is wrapped" sh -c "smctl status | grep -qE '^web +degraded .*nothing listens at the registry.*kept'"
check "--no-trunc shows whole containers" sh -c "smctl status --wide --no-trunc | grep -qE ' [0-9a-f]{64} '"
check "names are for scripts" [ "$(smctl status --output name | xargs)" = "plain web" ]
check "YAML is there" says "state: degraded" smctl show web --output yaml

check "a document without address and unit is told to name one" within 10 says 'add "address"' smctl status plain
check "it can't be started" says "has no address, and no unit to start" smctl start plain
rm /etc/service-managerd/services/plain.json

check "a rollback that goes well ends with 0" smctl rollback web --wait
check "the service is running then, as ordered" is_state web running
check "the failure is in the history" sh -c "smctl history web | grep -q 'failed.*nothing listens'"
check "and not in the status any more" not sh -c "smctl status web | grep -q 'failed in phase'"
check "the end of the rollback says that nothing is tried" says "isn't tried again by itself: smctl retry web" smctl resume web

put crash:1
check "a revision that crashes is refused" within 60 sh -c "smctl status web | grep -qE '^ +exit code +3'"
gone=$(status web | jq -r .services[0].target)
check "what it wrote is read in the journal" within 20 says "out of cheese" smctl logs web --revision "$gone"
check "the beginning of its name is enough" says "out of cheese" smctl logs web --revision "${gone:0:6}"
check "a revision that there isn't is said not to be there" says "web has no revision zzz" smctl logs web --revision zzz

put web:2 '"canary": 25,'
check "a canary gets its share" within 60 are_weights "1 3"
check "the status tells of the seven days" within 30 says "given up 7d" smctl status web
check "it can be given up" smctl abort web -m "wrong prices" --wait
check "it leaves" within 30 are_weights "1"
check "the service is running, as ordered" is_state web running
check "the history says who gave it up" sh -c "smctl history web | grep -q 'aborted.*by root (wrong prices)'"
check "there is nothing more to give up" exit_code 2 smctl abort web

put mute:1 '"healthy_deadline": "10m", '
check "what is being tried says when it is given up" within 30 sh -c "smctl status web | grep -qE 'gives up in 1[0-9]m'"
check "it isn't tried again meanwhile, and that is said" says "still being tried, and given up in" smctl retry web
check "it can be given up as well" smctl abort web --wait

put web:3
check "the next revision rolls" within 60 sh -c "smctl wait web && smctl get web | jq -e '.image == \"web:3\"'"
check "an earlier definition can be read" sh -c "smctl get web 1- | jq -e '.image == \"web:1\"'"
kill "$load"
wait "$load" 2>/dev/null
check "no request failed in all of this" no_failed_request /run/load.json 200

put web:1 '"replicas": 3, '
three_serve() { [ "$(weights)" = "1 1 1" ] && is_state web running; }
check "three replicas serve" within 60 three_serve
check "each line of their logs says which one wrote it" [ "$(smctl logs web | cut -d'|' -f1 | sort -u | xargs)" = "web.1 web.2 web.3" ]
check "a service is stopped" smctl stop web --wait
check "nothing of it is left" has_containers web 0
check "its state says so" is_state web stopped
check "it isn't stopped twice" exit_code 2 smctl stop web
check "it is started" smctl start web --wait
check "it serves" within 30 three_serve

check "a command that there isn't gets a guess" says "did you mean: smctl status" smctl statsu
check "and ends with 2" exit_code 2 smctl statsu
check "so does help for one" exit_code 2 smctl help nosuch

define first nothing:1 '"address": "172.17.0.1:7002", "pull": "never", '
check "a first revision that fails" within 60 is_state first failed
check "its unit says why" sh -c "systemctl show -P StatusText first@manager | grep -q 'failed (pull)'"
check "so does its journal" sh -c "journalctl -u first@manager -o cat | grep -q 'failed (pull)'"
finish
