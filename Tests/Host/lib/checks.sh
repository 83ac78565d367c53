# Shared by the host tests: checks that count, definitions, waiting for a state. Sourced, in the test host, by *.test.
set -uo pipefail

failures=0
passed=0
traffic=/mnt/tools/traffic

# The programs that only tests use: TEST_TOOLS is a folder of the machine that the test host runs on.
if ! mountpoint -q /mnt/tools; then
    mkdir -p /mnt/tools
    mount -t hostfs none /mnt/tools -o "${TEST_TOOLS:?a folder with traffic and standin-couchdb}"
fi

check() { # SENTENCE COMMAND...
    local what=$1
    shift
    if "$@" >/tmp/check.out 2>&1; then
        echo "ok     $what"
        passed=$((passed + 1))
    else
        echo "FAILED $what: $* (status $?)"
        sed 's/^/       /' /tmp/check.out | tail -20
        failures=$((failures + 1))
    fi
}

not() { ! "$@"; }

# Waits up to SECONDS until COMMAND succeeds.
within() { # SECONDS COMMAND...
    local deadline=$((SECONDS + $1))
    shift
    until "$@" >/dev/null 2>&1; do
        [ "$SECONDS" -lt "$deadline" ] || { "$@"; return 1; }
        sleep 0.2
    done
}

# Writes a definition in one step, as an operator's editor would.
define() { # NAME IMAGE [MORE JSON MEMBERS, each with its comma]
    local file=/etc/service-managerd/services/$1.json
    cat >"$file.new" <<X
{"image": "$2", ${3:-}"port": 80, "health_check": "http", "stop_signal": "SIGQUIT",
 "min_healthy": "1s", "drain_timeout": "3s"}
X
    mv "$file.new" "$file"
}

# What is waited for is asked of the sockets: in this host, starting the clients takes longer than all they do.
status() { # [NAME] : as `smctl status --json`
    local found
    found=$(curl -s --unix-socket /run/service-managerd/control.sock http://localhost/v1/status) || return 0
    if [ $# = 0 ]; then echo "$found"; else jq -c --arg name "$1" '.services |= map(select(.name == $name))' <<<"$found"; fi
}
state_of() { field "$1" .state; }
current_of() { field "$1" '.current // empty'; }
field() { # NAME JQ-FIELD
    status | jq -r --arg name "$1" ".services[] | select(.name == \$name) | $2"
}
is_state() { [ "$(state_of "$1")" = "$2" ]; }
containers_of() { # NAME
    curl -s -G --unix-socket /run/docker.sock http://localhost/containers/json --data all=1 \
        --data-urlencode "filters={\"label\":[\"service-manager.service=$1\"]}" | grep -o '"Id":' | wc -l
}
is_number() { [ "$1" = "$2" ] || { echo "expected $2, found $1"; return 1; }; }

# The current revision begins with N-, nothing else is left, and it serves.
settled_at() { # NAME GENERATION
    local state current
    read -r state current < <(field "$1" '"\(.state) \(.current // "none")"')
    [ "$state" = running ] && [[ "$current" == "$2"-* ]] && [ "$(containers_of "$1")" = 1 ]
}

serves() { # ADDRESS IMAGE
    local answer
    answer=$("$traffic" --once "$1") && [[ "$answer" == *"$2"* ]] || { echo "expected $2, found $answer"; return 1; }
}

# What a load ended with: no failed request among at least MINIMUM.
no_failed_request() { # FILE MINIMUM
    jq -e ".failed == 0 and .total >= $2" "$1" >/dev/null || { cat "$1"; return 1; }
}

finish() {
    echo "$passed passed, $failures failed"
    [ "$failures" = 0 ]
    exit
}
