#!/bin/bash
# In the test host: every kind of client reaches the daemon's services, whatever happens to the host's rules.
# Each cell is how many of two requests succeeded, one for each of two replicas.
. "$(dirname "$0")/lib/checks.sh"
. "$(dirname "$0")/lib/network.sh"
. "$(dirname "$0")/lib/clients.sh"

make_remote
make_dummy 10.77.0.1/32
modprobe br_netfilter
docker network create --subnet 172.28.0.0/16 -o com.docker.network.bridge.name=br-other other >/dev/null
check "images that answer datagrams are made" make_udp_images
make_clients neighbour:bridge stranger:other
both='"replicas": 2, "scheduler": "rr", '
define web web:1 '"address": ["172.17.0.1:7001", "10.9.0.1:7001", "10.77.0.1:7001"], '"$both"
define far web:1 '"address": ["172.17.0.1:7002", "10.9.0.1:7002"], "network": "other", '"$both"
define_udp dns udp:1 '["udp://172.17.0.1:7001", "udp://10.9.0.1:7001"]' "$both"
serve_all() { for service in web far dns; do within 150 is_state "$service" running || return 1; done; }
check "three services run" serve_all

rows=(
    "process on the host|tcp host 172.17.0.1:7001"
    "container on the same bridge|tcp neighbour 172.17.0.1:7001"
    "server container to its own service|tcp web 172.17.0.1:7001"
    "container on another network|tcp stranger 172.17.0.1:7001"
    "another machine|tcp remote 10.9.0.1:7001"
    "same bridge, the card's address|tcp neighbour 10.9.0.1:7001"
    "own service, the card's address|tcp web 10.9.0.1:7001"
    "other network, the card's address|tcp stranger 10.9.0.1:7001"
    "another machine, docker0's address|tcp remote 172.17.0.1:7001"
    "address on a dummy: same bridge|tcp neighbour 10.77.0.1:7001"
    "address on a dummy: own service|tcp web 10.77.0.1:7001"
    "UDP: host|udp host 172.17.0.1:7001"
    "UDP: same bridge|udp neighbour 172.17.0.1:7001"
    "UDP: own service|udp dns 172.17.0.1:7001"
    "UDP: other network|udp stranger 172.17.0.1:7001"
    "UDP: another machine|udp remote 10.9.0.1:7001"
    "servers on a user's network: host|tcp host 172.17.0.1:7002"
    "servers on a user's network: same|tcp stranger 172.17.0.1:7002"
    "servers on a user's network: own|tcp far 172.17.0.1:7002"
    "servers on a user's network: docker0|tcp neighbour 172.17.0.1:7002"
    "servers on a user's network: remote|tcp remote 10.9.0.1:7002"
)
filtering() { sysctl -qw net.bridge.bridge-nf-call-iptables="$1"; }
is_clear() { [ "$(status web | jq '.services | length')" = 1 ] && not warns iptables; }
warns() { status web | jq -r '.services[0].warnings[]' | has_line -- "$1"; }

find_clients web far dns
filtering 1
column "1"
filtering 0
column "0"
rmmod br_netfilter
column "unloaded"
modprobe br_netfilter
filtering 1

check "nothing is missing" within 15 not warns .
iptables -t nat -F
iptables -F
check "after a flush of all rules ours are back" within 15 rules_are_there
column "flushed"

systemctl restart docker
check "after a restart of Docker the services run again" serve_all
check "each with its replicas" within 60 sh -c '[ "$(ipvsadm -Ln | grep -c Masq)" = 14 ]'
find_clients web far dns
check "our rules stand above Docker's again" within 15 sh -c "iptables -t nat -S POSTROUTING | sed -n 2p | grep -q SERVICE-MANAGER"
column "restarted"

# If Docker has rules against direct routing (28 and later), a reply to another network needs a rule of ours.
raw_jump() { iptables -t raw -S PREROUTING | has_line -- '-j SERVICE-MANAGER'; }
doctor_names() { has_line -- "$1" <<<"$(smctl doctor)"; }
if raw_jump; then
    iptables -t raw -D PREROUTING -j SERVICE-MANAGER
    check "smctl doctor names what Docker would drop" doctor_names 'rules of the table raw are missing'
    check "it is put back by itself" within 15 raw_jump
fi

# The service's status shows what is missing.
mkdir -p /run/systemd/system/service-managerd.service.d
printf '[Service]\nInaccessiblePaths=/usr/sbin/iptables-legacy-restore /usr/sbin/iptables-restore /usr/sbin/xtables-legacy-multi\n' \
    >/run/systemd/system/service-managerd.service.d/no-rules.conf
systemctl daemon-reload
systemctl restart service-managerd
iptables -t nat -F SERVICE-MANAGER
check "a service's status names what is missing for its traffic" within 30 warns iptables
check "smctl shows it to people" sh -c "smctl status web | grep 'web  warning:' | grep -q iptables"
rm /run/systemd/system/service-managerd.service.d/no-rules.conf
systemctl daemon-reload
systemctl restart service-managerd
check "it isn't named any more once it is there" within 30 is_clear

rm /etc/service-managerd/services/*.json
check "the services go with their documents" within 90 sh -c '[ -z "$(ipvsadm -Sn)" ]'
check "our rules go with the last service" within 20 sh -c '! iptables-save | grep SERVICE-MANAGER'

table
finish
