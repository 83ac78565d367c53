#!/bin/bash
# In the test host: several addresses, IPv6, persistence, schedulers, a change of address, and addresses that can't be claimed.
. "$(dirname "$0")/lib/checks.sh"
. "$(dirname "$0")/lib/network.sh"

make_dummy 10.77.0.1/32 fd00:9::1/128
docker network create --ipv6 --subnet 172.28.0.0/16 --subnet fd00:5::/64 six >/dev/null
has() { ipvsadm -Sn | has_line -- "$1"; }
detail_has() { status "$1" | jq -r '.services[0] | [.detail, .failed[].message, (.rejected.reasons // [])[]] | join(" ")' | has_line -- "$2"; }
loads=()
load() { # NAME ADDRESS
    "$traffic" --target "$2" --rate "$(rate 60)" --keepalive 5 --short 16 --json "/run/$1.json" >"/run/$1.txt" 2>&1 &
    loads+=("$1:$!")
}
no_load_failed() { # MINIMUM
    local entry
    for entry in "${loads[@]}"; do
        kill "${entry#*:}"
        wait "${entry#*:}" 2>/dev/null
    done
    for entry in "${loads[@]}"; do
        check "no request failed at $(jq -r .target "/run/${entry%:*}.json")" no_failed_request "/run/${entry%:*}.json" "$1"
    done
    loads=()
}

### Several addresses, IPv6, persistence

many='"address": ["172.17.0.1:7001", "10.77.0.1:7001"], '
six='"address": ["172.17.0.1:7002", "[fd00:9::1]:7002"], "network": "six", '
sticky='"address": "172.17.0.1:7003", "persistence": "60s", '
define many web:1 "$many"
define six web:1 "$six"
define sticky web:1 "$sticky"
for service in many six sticky; do check "$service runs" within 150 settled_at "$service" 1; done
check "the IPv6 address has an IPv6 destination" has '-a -t \[fd00:9::1\]:7002 -r \[fd00:5::.*\]:80 -m'
check "the IPv4 address has an IPv4 destination" has '-a -t 172.17.0.1:7002 -r 172.28.0..*:80 -m'
check "the IPv6 address serves" serves "[fd00:9::1]:7002" web:1
load first 172.17.0.1:7001
load second 10.77.0.1:7001
load four 172.17.0.1:7002
load six "[fd00:9::1]:7002"
load sticky 172.17.0.1:7003
sleep 2
define many web:2 "$many"
define six web:2 "$six"
define sticky web:2 "$sticky"
for service in many six sticky; do check "the next revision of $service is current" within 150 settled_at "$service" 2; done
check "the IPv6 address serves the next revision" serves "[fd00:9::1]:7002" web:2
check "a persistent client has moved to the next revision" serves 172.17.0.1:7003 web:2
no_load_failed 100

define four web:1 '"address": "[fd00:9::1]:7022", '
check "an IPv6 address without an IPv6 network is refused with the reason" within 30 detail_has four "has no IPv6 address in the network bridge"
rm /etc/service-managerd/services/four.json

### Schedulers

define many web:3 "$many"'"scheduler": "sh", "scheduler_flags": ["port", "fallback"], '
define six web:3 "$six"'"scheduler": "mh", "scheduler_flags": ["port"], '
define sticky web:3 '"address": "172.17.0.1:7003", "scheduler": "wrr", "weight": 7, '
for service in many six sticky; do check "$service changes its scheduler" within 150 settled_at "$service" 3; done
check "sh with both flags is in the kernel" within 5 has '-A -t 172.17.0.1:7001 -s sh -b sh-fallback,sh-port'
check "mh with its flag is in the kernel" within 5 has '-A -t \[fd00:9::1\]:7002 -s mh -b mh-port'
check "wrr without persistence is in the kernel" within 5 has '-A -t 172.17.0.1:7003 -s wrr$'
check "the weight is the destination's" has '-a -t 172.17.0.1:7003 -r .* -m -w 7'

module=$(find /lib/modules -name 'ip_vs_nq.ko*')
mv "$module" /run/
rmmod ip_vs_nq 2>/dev/null
before=$(ipvsadm -Sn)
define sticky web:4 '"address": "172.17.0.1:7003", "scheduler": "nq", '
check "a scheduler that the kernel hasn't is refused with those that it has" within 20 detail_has sticky 'has no scheduler "nq"; it has rr, wrr, lc, wlc'
check "nothing was changed and nothing left behind" [ "$(ipvsadm -Sn)" = "$before" ]
check "the revision before serves on" serves 172.17.0.1:7003 web:3
check "it is degraded" is_state sticky degraded
mv "/run/$(basename "$module")" "$module"

### A change of address

touch /run/sampling
sample() { # every moment one of the two addresses serves
    local gaps=0 samples=0 both=0 here there
    while [ -e /run/sampling ]; do
        here=0 there=0
        "$traffic" --once 172.17.0.1:7003 >/dev/null 2>&1 && here=1
        "$traffic" --once 172.17.0.1:7004 >/dev/null 2>&1 && there=1
        samples=$((samples + 1))
        [ $((here + there)) != 0 ] || gaps=$((gaps + 1))
        [ $((here + there)) != 2 ] || both=$((both + 1))
    done
    echo "$gaps $both $samples" >/run/samples
}
sample &
sampler=$!
# Both addresses serve until the new revision has settled, which takes as long as several checks.
cat >/etc/service-managerd/services/.sticky.new <<JSON
{"image": "web:5", "address": "172.17.0.1:7004", "scheduler": "wrr", "port": 80, "health_check": "http", "stop_signal": "SIGQUIT",
 "min_healthy": "6s", "drain_timeout": "3s"}
JSON
mv /etc/service-managerd/services/.sticky.new /etc/service-managerd/services/sticky.json
check "the service moves to another address" within 60 settled_at sticky 5
check "the old address is gone" within 10 not has '-t 172.17.0.1:7003'
rm /run/sampling
wait "$sampler"
read -r gaps both samples </run/samples
echo "of $samples looks at both addresses, both served at $both, neither at $gaps"
check "there was no moment without a serving address" [ "$gaps" = 0 ]
check "for a while both served" [ "$both" -gt 0 ]

### Addresses that can't be claimed

define late web:1 '"address": "10.66.0.1:7010", '
check "an address that isn't the host's is waited for, and the status says so" within 20 detail_has late "10.66.0.1 is not an address of this host"
sleep 9 # until the pause before the next attempt is longer than what is allowed below
ip address add 10.66.0.1/32 dev lo
check "it is served as soon as it is added" within 4 has '-A -t 10.66.0.1:7010'
check "the service runs" within 30 settled_at late 1

define rival web:2 '"address": "172.17.0.1:7004", '
check "the second service that wants an address says in its status who has it" within 20 detail_has rival "172.17.0.1:7004 is the address of the service sticky"
check "the first keeps it" serves 172.17.0.1:7004 web:5
rm /etc/service-managerd/services/sticky.json
check "the second gets it when it is free" within 60 serves 172.17.0.1:7004 web:2

ipvsadm -A -t 172.17.0.1:7008 -s rr
ipvsadm -A -t 172.17.0.1:7009 -s rr
ipvsadm -a -t 172.17.0.1:7009 -r 172.17.0.77:80 -m -w 5
foreign=$(ipvsadm -Sn | grep -E '700[89]')
define empty web:1 '"address": "172.17.0.1:7008", '
define full web:1 '"address": "172.17.0.1:7009", '
check "a virtual service of somebody else is named" within 20 detail_has full "isn't ours, with 172.17.0.77:80"
check "also one without destinations" within 20 detail_has empty "isn't ours, without a destination"
sleep 4
check "neither was touched" [ "$(ipvsadm -Sn | grep -E '700[89]')" = "$foreign" ]
ipvsadm -D -t 172.17.0.1:7008
check "it can be tried again" smctl retry empty
check "it runs once the address is free" within 30 settled_at empty 1

define loop web:1 '"address": "127.0.0.1:7011", '
check "a loopback address is refused with the reason" within 20 detail_has loop "IPVS can't serve 127.0.0.0/8"

# A daemon that is killed between creating a virtual service and recording it recognizes it again.
systemctl kill --signal=KILL service-managerd
check "after a crash of the daemon nothing of ours is taken for foreign" within 30 is_state many running
check "IPv6 is adopted, too" within 10 serves "[fd00:9::1]:7002" web:3
finish
