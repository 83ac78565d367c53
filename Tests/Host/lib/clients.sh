# shellcheck shell=bash
# shellcheck disable=SC2154 # traffic is of checks.sh
# Shared by the host tests of reach: clients in every place, the answers that they get, and a table of these. Sourced after
# checks.sh.

declare -A process
pid_of() { docker inspect -f '{{.State.Pid}}' "$1"; }
server_of() { docker ps -q --filter "label=service-manager.service=$1" | head -1; }
# Creates the client containers.
make_clients() { # NAME:NETWORK...
    local client
    for client; do
        docker run -d --name "${client%:*}" --network "${client#*:}" busybox:1 sleep 99999 >/dev/null || return 1
        clients+=("${client%:*}")
    done
}
clients=()
# Finds the clients, which may have been stopped with Docker, and the first container of each service.
find_clients() { # SERVICE...
    local name
    docker start "${clients[@]}" >/dev/null
    for name in "${clients[@]}"; do process[$name]=$(pid_of "$name"); done
    for name; do process[$name]=$(pid_of "$(server_of "$name")"); done
}
at() { # CLIENT COMMAND...
    case $1 in
        host) "${@:2}" ;;
        remote) ip netns exec remote "${@:2}" ;;
        *) nsenter -n -t "${process[$1]}" "${@:2}" ;;
    esac
}
patience=$(scaled 5)
# Sends two requests, each on its own connection, and prints how many were answered.
tcp() { at "$1" curl -s -g -m "$patience" -H "Connection: close" "http://$2/" "http://$2/" | grep -c '^web:'; } # CLIENT ADDRESS
# bash reads a datagram one byte at a time, and loses the rest of it.
udp() { # CLIENT ADDRESS
    local answered=0
    for _ in 1 2; do
        # shellcheck disable=SC2016 # the shell inside expands it
        if at "$1" timeout $((2 * patience)) bash -c 'exec 3<>"/dev/udp/${1/://}"; printf 7 >&3; read -r -n 1 -t "$2" -u 3 answer; [ "$answer" = u ]' \
            _ "$2" "$patience" 2>/dev/null; then answered=$((answered + 1)); fi
    done
    echo "$answered"
}

# Each row is one kind of client, "NAME|tcp CLIENT ADDRESS", each column a state of the host.
rows=()
columns=()
declare -A cell
# All rows. Each value should be 2, unless stated otherwise.
column() { # NAME [ROW=NUMBER...]
    local entry found expected exception
    columns+=("$1")
    for entry in "${rows[@]}"; do
        expected=2
        for exception in "${@:2}"; do [ "${exception%=*}" != "${entry%|*}" ] || expected=${exception##*=}; done
        # shellcheck disable=SC2086
        found=$(${entry#*|})
        cell[$1,${entry%|*}]=$found
        if [ "$found" = "$expected" ]; then passed=$((passed + 1)); else
            echo "FAILED $1: ${entry%|*} (${entry#*|}): $found of 2, expected $expected"
            failures=$((failures + 1))
        fi
    done
}
table() {
    local entry name
    printf '\n%-48s' "client"
    for name in "${columns[@]}"; do printf '%*s' $((${#name} < 9 ? 10 : ${#name} + 2)) "$name"; done
    echo
    for entry in "${rows[@]}"; do
        printf '%-48s' "${entry%|*}"
        for name in "${columns[@]}"; do
            printf '%*s' $((${#name} < 9 ? 10 : ${#name} + 2)) "${cell[$name,${entry%|*}]:--}"
        done
        echo
    done
}

# Loads from clients in their places, until `no_load_failed`.
loads=()
load_from() { # CLIENT ADDRESS
    local place=()
    case $1 in
        host) ;;
        remote) place=(--netns remote) ;;
        *) place=(--netns "${process[$1]}") ;;
    esac
    "$traffic" --target "$2" --rate "$(fewer 20 2)" --keepalive 2 --short 4 --timeout "$patience" "${place[@]}" \
        --json "/run/load-$1.json" >"/run/load-$1.txt" 2>&1 &
    loads+=("$1:$!")
}
no_load_failed() { # SENTENCE MINIMUM
    local load
    for load in "${loads[@]}"; do
        kill "${load#*:}"
        wait "${load#*:}" 2>/dev/null
    done
    for load in "${loads[@]}"; do
        check "$1, ${load%:*}: 0 of $(jq .total "/run/load-${load%:*}.json") requests failed" \
            no_failed_request "/run/load-${load%:*}.json" "$2"
    done
    loads=()
}

# The service `web` with two addresses, the containers `neighbour` on docker0 and `stranger` on its own network, and another machine.
at_both='"address": ["172.17.0.1:7001", "10.9.0.1:7001"], '
generation=1
web_and_clients() {
    make_remote
    docker network create --subnet 172.28.0.0/16 -o com.docker.network.bridge.name=br-other other >/dev/null
    make_clients neighbour:bridge stranger:other
    define web web:1 "$at_both"
    check "the service runs" within 150 settled_at web 1
    find_clients web
    rows=(
        "process on the host|tcp host 172.17.0.1:7001"
        "container on the same bridge|tcp neighbour 172.17.0.1:7001"
        "server container to its own service|tcp web 172.17.0.1:7001"
        "container on another network|tcp stranger 172.17.0.1:7001"
        "other network, the card's address|tcp stranger 10.9.0.1:7001"
        "another machine|tcp remote 10.9.0.1:7001"
    )
}
# Replaces its revision under a load from everywhere.
rolls() { # SENTENCE
    local client
    for client in host neighbour stranger; do load_from $client 172.17.0.1:7001; done
    load_from remote 10.9.0.1:7001
    generation=$((generation + 1))
    define web "web:$((generation % 5 + 1))" "$at_both"
    check "$1, the next revision takes over" within 180 settled_at web $generation
    no_load_failed "$1" 20
    find_clients web
}

# Our rules are in the tables, called from Docker's and the kernel's chains.
rules_are_there() { iptables-save | has_line -- '-A POSTROUTING -j SERVICE-MANAGER' && iptables-save -t filter | has_line -- '-j SERVICE-MANAGER$'; }
# Everything that we keep, as the daemon itself sees it.
is_kept() { rules_are_there && doctor_finds "firewall rules" ok; }

# Whether smctl doctor reports this result for a subject, in a text with WORDS.
doctor_finds() { # SUBJECT STATE [WORDS]
    # Its exit status is not 0 when there are findings.
    jq -e --arg subject "$1" --arg state "$2" --arg words "${3:-}" \
        'any(.checks[]; .subject == $subject and .state == $state and (.found | contains($words)))' <<<"$(smctl doctor --json)"
}
# The command that it names there, with an address and a port of ours.
doctor_advises() { # SUBJECT STATE
    smctl doctor --json | jq -r --arg subject "$1" --arg state "$2" \
        '.checks[] | select(.subject == $subject and .state == $state) | .next // empty' |
        sed -e "s|^where [^:]*: ||" -e "s|ADDRESS|10.9.0.1|g" -e "s|PORT|7001|g"
}
