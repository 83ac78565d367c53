#!/bin/bash
# In the test host: clients reach a service, and its revisions replace each other, with Docker options that change its rules, its
# images or its API, and with the legacy variant of iptables.
#
#   engine-options.test.sh [proxy] [api] [ipv6] [legacy] [store]     only these; otherwise all
. "$(dirname "$0")/lib/checks.sh"
. "$(dirname "$0")/lib/network.sh"
. "$(dirname "$0")/lib/clients.sh"

server=$(docker version --format '{{.Server.Version}}')
if [ "${server%%.*}" -lt 24 ] || [ ! -x /usr/sbin/iptables-nft ] || ! iptables-nft-save >/dev/null 2>&1; then
    echo "this host doesn't have the Docker or the kernel for these options; run the test with --on debian13"
    exit 1
fi

make_dummy fd00:9::1/128
web_and_clients
four=("${rows[@]}" "another machine, docker0's address|tcp remote 172.17.0.1:7001")
rows=("${four[@]}")
six=()

# Restarts Docker with options, and waits for the services named.
docker_with() { # SENTENCE JSON SERVICE...
    local service
    echo "$2" >/etc/docker/daemon.json
    systemctl reset-failed docker.service
    check "Docker is restarted with $1" systemctl restart docker.service
    for service in "${@:3}"; do check "$service runs again" within 150 is_state "$service" running; done
    find_clients "${@:3}"
    check "our rules are in place, and smctl doctor finds nothing" within 15 doctor_is_well
}
doctor_is_well() {
    local found
    rules_are_there || return 1
    found=$(smctl doctor --json)
    jq -e '[.checks[] | select(.state != "ok")] == []' <<<"$found" || { jq -c '.checks[]' <<<"$found"; return 1; }
}
mkdir -p /etc/docker

# Without the proxy.
proxy() {
    docker_with "userland-proxy off" '{"userland-proxy": false}' web
    column "no proxy"
    rolls "without the proxy"
}

# An engine that has only newer versions of the API.
api() {
    mkdir -p /run/systemd/system/docker.service.d
    printf '[Service]\nEnvironment=DOCKER_MIN_API_VERSION=1.44\n' >/run/systemd/system/docker.service.d/api.conf
    systemctl daemon-reload
    docker_with "the API from 1.44" '{}' web
    check "it refuses an older one" sh -c "curl -s --unix-socket /run/docker.sock http://localhost/v1.41/info | grep -q 'too old'"
    column "API 1.44"
    rolls "with the API from 1.44"
    check "what the container writes is in the journal" within 20 sh -c "journalctl -u 'web@*' -o cat --no-pager | grep -q nginx"
    rm /run/systemd/system/docker.service.d/api.conf
    systemctl daemon-reload
}

# IPv6.
ipv6() {
    docker network create --ipv6 --subnet 172.29.0.0/16 --subnet fd00:5::/64 -o com.docker.network.bridge.name=br-six six >/dev/null
    docker network create --ipv6 --subnet 172.30.0.0/16 --subnet fd00:6::/64 -o com.docker.network.bridge.name=br-six2 six2 >/dev/null
    make_clients beside:six beyond:six2
    define six web:1 '"address": ["[fd00:9::1]:7002", "[fd00:10::1]:7002"], "network": "six", '
    check "a service with IPv6 addresses runs" within 150 settled_at six 1
    six=(
        "IPv6: process on the host|tcp host [fd00:9::1]:7002"
        "IPv6: container on the same network|tcp beside [fd00:9::1]:7002"
        "IPv6: server container to its own service|tcp six [fd00:9::1]:7002"
        "IPv6: container on another network|tcp beyond [fd00:9::1]:7002"
        "IPv6: other network, the card's address|tcp beyond [fd00:10::1]:7002"
        "IPv6: another machine|tcp remote [fd00:10::1]:7002"
        "IPv6: another machine, the dummy's address|tcp remote [fd00:9::1]:7002"
    )
    rows+=("${six[@]}")
    rolls_six() { # SENTENCE IMAGE GENERATION
        local client
        for client in host beside beyond; do load_from $client "[fd00:9::1]:7002"; done
        load_from remote "[fd00:10::1]:7002"
        define six "$2" '"address": ["[fd00:9::1]:7002", "[fd00:10::1]:7002"], "network": "six", '
        check "$1, the next revision takes over" within 180 settled_at six "$3"
        no_load_failed "$1" 20
        find_clients web six
    }
    docker_with "ip6tables off" '{"ip6tables": false}' web six
    column "ip6tables off"
    rolls_six "with IPv6 and ip6tables off" web:2 2
    docker_with "ip6tables on" '{"ip6tables": true, "experimental": true}' web six
    check "Docker has IPv6 rules" sh -c "ip6tables-save | grep -q DOCKER"
    column "ip6tables"
    rolls_six "with IPv6 and ip6tables on" web:3 3
    rm /etc/service-managerd/services/six.json
    check "the IPv6 service goes" within 90 has_containers six 0
    check "its rules go with it" within 20 sh -c '! ip6tables-save | grep SERVICE-MANAGER'
    rows=("${four[@]}")
}

# The legacy variant of iptables.
legacy() {
    update-alternatives --quiet --set iptables /usr/sbin/iptables-legacy
    update-alternatives --quiet --set ip6tables /usr/sbin/ip6tables-legacy
    docker_with "iptables-legacy" '{}' web
    check "our rules are in Docker's variant" sh -c 'iptables-legacy-save | grep -q -- "-j SERVICE-MANAGER$"'
    check "what is left in the other variant is named" preflight_finds "firewall programs" warning
    nft flush ruleset
    check "not once it is flushed" not preflight_finds "firewall programs" warning
    column "legacy"
    rolls "with iptables-legacy"
    iptables -F
    iptables -t nat -F
    check "after a flush of all rules ours are back" within 15 rules_are_there
    column "legacy, flushed"
    update-alternatives --quiet --set iptables /usr/sbin/iptables-nft
    update-alternatives --quiet --set ip6tables /usr/sbin/ip6tables-nft
    iptables-legacy -F
    iptables-legacy -t nat -F
    iptables-legacy -P FORWARD ACCEPT
}

# containerd's image store.
store() {
    # It doesn't have the images and containers of the other store.
    docker save web:1 web:2 web:3 web:4 web:5 busybox:1 >/run/images.tar
    docker rm --force "${clients[@]}" >/dev/null
    clients=()
    echo '{"features": {"containerd-snapshotter": true}}' >/etc/docker/daemon.json
    systemctl reset-failed docker.service
    check "Docker is restarted with containerd's image store" systemctl restart docker.service
    check "it is in use" sh -c "docker info --format '{{.DriverStatus}}' | grep -q io.containerd.snapshotter"
    check "the images can be loaded" docker load --quiet --input /run/images.tar
    make_clients neighbour:bridge stranger:other
    status web | jq -c '.services[0] | {state, detail, current}'
    generation=$((generation + 1))
    define web "web:$((generation % 5 + 1))" "$at_both"
    check "the next revision runs from the new store" within 180 settled_at web $generation
    find_clients web
    check "our rules are in place" within 15 is_kept
    column "containerd"
    rolls "with containerd's image store"
}

[ $# != 0 ] || set -- proxy api ipv6 legacy store
for part; do $part; done
rows=("${four[@]}" "${six[@]}")
table
finish
