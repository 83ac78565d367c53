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

# Its exit code tells the state of the services, which is asked for otherwise here.
status() { smctl status --json "$@" 2>/dev/null || true; }
state_of() { status "$1" | jq -r ".services[] | select(.name == \"$1\") | .state"; }
current_of() { status "$1" | jq -r ".services[] | select(.name == \"$1\") | .current // empty"; }
is_state() { [ "$(state_of "$1")" = "$2" ]; }
containers_of() { docker ps -aq --filter "label=service-manager.service=$1" | wc -l; }
is_number() { [ "$1" = "$2" ] || { echo "expected $2, found $1"; return 1; }; }

# The current revision begins with N-, nothing else is left, and it serves.
settled_at() { # NAME GENERATION
    is_state "$1" running && [[ "$(current_of "$1")" == "$2"-* ]] && [ "$(containers_of "$1")" = 1 ]
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
