#!/bin/bash
# Who reaches a service address, in the test host: every kind of client, with real nginx servers behind IPVS in NAT
# mode, before and after `network-check apply`, with br_netfilter on, off and unloaded, and after a restart of Docker.
#
#   make tools && TEST_TOOLS=$PWD/.build/tools HOST_NO_PACKAGE=1 Tests/Host/run Tests/Host/network.test.sh
#
# Each number is how many of two requests succeeded, one for each real server. network-check runs in the daemon's sandbox.
. "$(dirname "$0")/lib/checks.sh"

install /mnt/tools/network-check /usr/local/bin/ || exit 1
# If the package is installed, the virtual services that are made here by hand don't belong to its daemon.
systemctl stop service-managerd 2>/dev/null

fail() {
    echo "FAILED: $*"
    failures=$((failures + 1))
}

# Swift's Dispatch sets its threads' priority, which @resources would kill it for.
sandboxed() {
    systemd-run --quiet --wait --pipe --collect \
        -p CapabilityBoundingSet="CAP_NET_ADMIN CAP_NET_RAW" -p NoNewPrivileges=yes -p ProtectSystem=strict \
        -p ReadWritePaths="/run /proc/sys/net/ipv4" -p ProtectKernelTunables=yes -p ProtectKernelModules=yes \
        -p ProtectKernelLogs=yes -p ProtectControlGroups=yes -p ProtectClock=yes -p ProtectHostname=yes \
        -p ProtectHome=yes -p ProtectProc=invisible -p PrivateTmp=yes -p PrivateDevices=yes -p RestrictNamespaces=yes \
        -p RestrictRealtime=yes -p RestrictSUIDSGID=yes \
        -p RestrictAddressFamilies="AF_UNIX AF_INET AF_INET6 AF_NETLINK" -p LockPersonality=yes \
        -p MemoryDenyWriteExecute=yes -p SystemCallArchitectures=native -p SystemCallFilter=@system-service \
        -p SystemCallFilter="~@privileged @resources" \
        -p SystemCallFilter=setpriority -p UMask=0077 -p KeyringMode=private -p RemoveIPC=yes \
        -- "$@"
}

### The host's surroundings

docker network create --subnet 172.28.0.0/16 -o com.docker.network.bridge.name=br-other other >/dev/null
for server in first:bridge second:bridge third:other fourth:other; do
    docker create --name "${server%:*}" --network "${server#*:}" web:1 >/dev/null
done
docker create --name hosted --network host web:1 >/dev/null
docker create --name neighbour --network bridge busybox:1 sleep 9999 >/dev/null
docker create --name stranger --network other busybox:1 sleep 9999 >/dev/null
containers="first second third fourth hosted neighbour stranger"

ip netns add remote
ip link add outside type veth peer name inside netns remote
ip address add 10.9.0.1/24 dev outside
ip link set outside up
ip netns exec remote ip address add 10.9.0.2/24 dev inside
ip netns exec remote ip link set inside up
ip netns exec remote ip route add default via 10.9.0.1
modprobe dummy
ip link add dummy9 type dummy
ip link set dummy9 up
ip address add 10.77.0.1/32 dev dummy9
ip address add 10.78.0.1/32 dev lo

declare -A process address hardware
virtual() { # SERVICE DESTINATION... (ipvsadm's -t or -u and address)
    local destination
    ipvsadm -A $1 -s rr
    for destination in "${@:2}"; do ipvsadm -a $1 -r "$destination" -m; done
}
start() { # starts the containers, and points the virtual services to them
    local name turn=0
    # Right after Docker's restart, containerd may still end what ran before: "task …: already exists".
    until docker start $containers >/dev/null; do
        turn=$((turn + 1))
        [ "$turn" -lt 10 ] || fail "the containers can't be started"
        sleep 3
    done
    for name in $containers; do
        read -r "process[$name]" "address[$name]" "hardware[$name]" < <(docker inspect -f \
            '{{.State.Pid}} {{range .NetworkSettings.Networks}}{{.IPAddress}} {{.MacAddress}}{{end}}' "$name")
    done
    for name in first second; do
        nsenter -n -t "${process[$name]}" socat -u /dev/null /dev/null # loads socat before it is measured
        nsenter -n -t "${process[$name]}" setsid socat UDP4-RECVFROM:80,fork SYSTEM:"echo $name" &
    done
    for name in first second third fourth; do
        curl -s -o /dev/null --retry 50 --retry-connrefused --retry-delay 0 "http://${address[$name]}/" ||
            fail "server $name doesn't answer"
    done
    ipvsadm -C
    for name in 172.17.0.1 10.9.0.1 10.77.0.1 10.78.0.1 127.0.0.1; do
        virtual "-t $name:7001" "${address[first]}:80" "${address[second]}:80"
    done
    for name in 172.17.0.1 10.9.0.1; do
        virtual "-u $name:7001" "${address[first]}:80" "${address[second]}:80"
        virtual "-t $name:7002" "${address[third]}:80" "${address[fourth]}:80"
        virtual "-t $name:7003" 172.17.0.1:80
    done
    plan=(--bridge docker0=172.17.0.0/16 --bridge br-other=172.28.0.0/16)
    for name in 172.17.0.1:700{1,2,3} 10.9.0.1:700{1,2,3} 10.77.0.1:7001 10.78.0.1:7001 udp://{172.17.0.1,10.9.0.1}:7001; do
        plan+=(--address "$name")
    done
    # Two ports are found by the process, two by the hardware address.
    plan+=(
        --port "first,docker0,${process[first]},-" --port "second,docker0,-,${hardware[second]}"
        --port "third,br-other,${process[third]},-" --port "fourth,br-other,-,${hardware[fourth]}"
    )
}

### Requests

at() { # CLIENT COMMAND...
    case $1 in
        host) "${@:2}" ;;
        remote) ip netns exec remote "${@:2}" ;;
        *) nsenter -n -t "${process[$1]}" "${@:2}" ;;
    esac
}
patience=$(scaled 3)
tcp() { at "$1" curl -s -m "$patience" "http://$2/" | has_line '^web:1 '; }
udp() { # CLIENT ADDRESS:PORT
    at "$1" timeout $((2 * patience)) bash -c 'exec 3<>"/dev/udp/${1/://}"; echo >&3; read -r -t "$2" -u 3 answer; [ -n "$answer" ]' _ "$2" "$patience" 2>/dev/null
}
count() { # PROTOCOL CLIENT ADDRESS:PORT
    local succeeded=0
    "$@" && succeeded=1
    "$@" && succeeded=$((succeeded + 1))
    echo "$succeeded"
}

declare -A cell
columns=()
row() { # COLUMN LABEL EXPECTED PROTOCOL CLIENT ADDRESS:PORT
    local found
    found=$(count "$4" "$5" "$6")
    cell[$1,$2]=$found
    if [ "$found" = "$3" ]; then passed=$((passed + 1)); else fail "$1: $2 ($4 $6): $found of 2, expected $3"; fi
}
rows=(
    "process on the host|tcp host 172.17.0.1:7001"
    "container on the same bridge|tcp neighbour 172.17.0.1:7001"
    "server container to its own service|tcp first 172.17.0.1:7001"
    "container on another network|tcp stranger 172.17.0.1:7001"
    "another machine|tcp remote 10.9.0.1:7001"
    "same bridge, the card's address|tcp neighbour 10.9.0.1:7001"
    "own service, the card's address|tcp second 10.9.0.1:7001"
    "other network, the card's address|tcp stranger 10.9.0.1:7001"
    "another machine, docker0's address|tcp remote 172.17.0.1:7001"
    "address on a dummy: host|tcp host 10.77.0.1:7001"
    "address on a dummy: same bridge|tcp neighbour 10.77.0.1:7001"
    "address on a dummy: own service|tcp first 10.77.0.1:7001"
    "address on lo: same bridge|tcp neighbour 10.78.0.1:7001"
    "address on lo: other network|tcp stranger 10.78.0.1:7001"
    "UDP: host|udp host 172.17.0.1:7001"
    "UDP: same bridge|udp neighbour 172.17.0.1:7001"
    "UDP: own service|udp first 172.17.0.1:7001"
    "UDP: other network|udp stranger 172.17.0.1:7001"
    "UDP: another machine|udp remote 10.9.0.1:7001"
    "servers on a user's network: host|tcp host 172.17.0.1:7002"
    "servers on a user's network: same|tcp stranger 172.17.0.1:7002"
    "servers on a user's network: own|tcp third 172.17.0.1:7002"
    "servers on a user's network: own, by address|tcp fourth 10.9.0.1:7002"
    "servers on a user's network: docker0|tcp neighbour 172.17.0.1:7002"
    "servers on a user's network: remote|tcp remote 10.9.0.1:7002"
    "host networking: host|tcp host 172.17.0.1:7003"
    "host networking: docker0|tcp neighbour 172.17.0.1:7003"
    "host networking: other network|tcp stranger 172.17.0.1:7003"
    "host networking: another machine|tcp remote 10.9.0.1:7003"
)
column() { # NAME : all rows, all of which must be 2
    local entry
    columns+=("$1")
    for entry in "${rows[@]}"; do row "$1" "${entry%|*}" 2 ${entry#*|}; done
    row "$1" "service address 127.0.0.1" 0 tcp host 127.0.0.1:7001
}
bare() { # NAME EXPECTED... : the first rows, as they are without us
    local index
    columns+=("$1")
    for index in 0 1 2 3 4; do
        row "$1" "${rows[$index]%|*}" "${@:$((index + 2)):1}" ${rows[$index]#*|}
    done
}
filtering() { sysctl -qw net.bridge.bridge-nf-call-iptables="$1"; }
source_of() { # CLIENT ADDRESS:PORT : the client's address as the first or second server saw it
    at "$1" curl -s -m "$patience" "http://$2/logged" >/dev/null
    { docker logs --tail 1 first; docker logs --tail 1 second; } 2>/dev/null |
        awk '{ print $4, $1 }' | sort | tail -1 | cut -d' ' -f2
}
seen() { # CLIENT ADDRESS:PORT EXPECTED
    local found
    found=$(source_of "$1" "$2")
    echo "source address of $1 at $2: $found"
    if [ "$found" = "$3" ]; then passed=$((passed + 1)); else fail "source address of $1: $found, expected $3"; fi
    sleep 1 # the server's log has whole seconds
}

### The table

start
modprobe br_netfilter
filtering 1
bare "bare,1" 2 2 1 0 2
filtering 0
bare "bare,0" 2 0 0 0 2

network-check prepare >/tmp/report || fail "prepare: $(cat /tmp/report)"
sysctl -qw net.ipv4.vs.conntrack=0 # so that the sandbox has a setting to write
filtering 1
sandboxed network-check apply "${plan[@]}" >/tmp/report || fail "apply ended with $?"
cat /tmp/report
grep -qx 'net.ipv4.vs.conntrack set from 0 to 1' /tmp/report || fail "the sandbox kept a setting from being written"
[ "$(grep -c '^hairpin mode on' /tmp/report)" = 4 ] || fail "hairpin mode was not set on four ports"
[ -z "$(sandboxed network-check apply "${plan[@]}")" ] || fail "the second apply had something to do"

column "1"
filtering 0
column "0"
rmmod br_netfilter || fail "br_netfilter can't be unloaded"
column "unloaded"
modprobe br_netfilter
filtering 1

seen remote 10.9.0.1:7001 10.9.0.2
seen stranger 172.17.0.1:7001 "${address[stranger]}"
seen neighbour 172.17.0.1:7001 172.17.0.1

network-check check "${plan[@]}" --address 127.0.0.1:7001 >/tmp/report
grep '127.0.0.1 is a loopback address' /tmp/report || fail "the loopback address was not named"

systemctl restart docker || fail "docker didn't restart"
start
network-check check "${plan[@]}" >/tmp/report
sed 's/; expected.*//' /tmp/report
grep -q 'IPv4 rules of the table nat are missing' /tmp/report || fail "Docker's restart put nothing above our rules"
[ "$(grep -c '! hairpin mode' /tmp/report)" = 4 ] || fail "hairpin mode survived the containers"
sandboxed network-check apply "${plan[@]}" || fail "apply after Docker's restart ended with $?"
column "restarted"

sandboxed network-check remove
iptables-save | grep SERVICE-MANAGER && fail "rules were left"

printf '\n%-48s' "client"
printf '%10s' "${columns[@]}"
echo
for entry in "${rows[@]}" "service address 127.0.0.1|"; do
    printf '%-48s' "${entry%|*}"
    for name in "${columns[@]}"; do printf '%10s' "${cell[$name,${entry%|*}]:--}"; done
    echo
done
echo
finish
