#!/bin/bash
# In the test host: clients reach a service with firewalld on, whatever it does to the rules. smctl doctor says what firewalld closes,
# and its commands open it.
. "$(dirname "$0")/lib/checks.sh"
. "$(dirname "$0")/lib/network.sh"
. "$(dirname "$0")/lib/clients.sh"

command -v firewall-cmd >/dev/null || { echo "this host has no firewalld; run the test with --on debian13"; exit 1; }
web_and_clients
check "firewalld isn't named while it doesn't run" not preflight_finds firewalld warning
column "none"
load_from_all() {
    local client
    for client in host neighbour stranger; do load_from $client 172.17.0.1:7001; done
    load_from remote 10.9.0.1:7001
}

# Docker gets a signal of firewalld's reload, and restores its bridges' zone and its rules some time later.
rules() { iptables-save | grep -v '^[:#]'; }
docker_is_done() {
    local bridge before
    for bridge in docker0 br-other; do firewall-cmd --quiet --zone=docker --query-interface=$bridge || return 1; done
    before=$(rules)
    sleep "$(scaled 1)"
    [ "$(rules)" = "$before" ]
}
is_settled() {
    check "Docker has done what it does then" within 60 docker_is_done
    check "our rules are in place" within 20 is_kept
}

# A firewalld that is started after Docker doesn't know Docker's bridges, and refuses packets from them.
load_from host 172.17.0.1:7001
check "firewalld is started" systemctl start firewalld
check "our rules are in place" within 20 is_kept
sleep "$(scaled 2)"
no_load_failed "while firewalld is started" 20
check "the preflight names firewalld" within 10 preflight_finds firewalld warning
refused=()
if doctor_finds firewalld warning docker0 >/dev/null; then
    advice=$(doctor_advises firewalld warning)
    for row in "${rows[@]:1:4}"; do refused+=("${row%|*}=0"); done
    column "started" "another machine=0" "${refused[@]}"
else
    column "started" "another machine=0"
    advice="systemctl restart docker"
fi
check "what smctl doctor says is done: '$advice'" eval "$advice"
check "the service runs again" within 150 is_state web running
find_clients web
check "our rules are in place" within 20 is_kept
check "smctl doctor says what a reload would do" within 10 doctor_finds firewalld warning "a reload of firewalld"
advice=$(doctor_advises firewalld warning)
check "what it says is done: '$advice'" eval "$advice"
check "smctl doctor has no warning any more" within 10 not doctor_finds firewalld warning
column "Docker's restart" "another machine=0"

# The other machine is behind an interface in its own zone, so a port that is opened there isn't opened for containers.
advice=$(doctor_advises firewalld ok)
check "smctl doctor has a command for other machines" [ -n "$advice" ]
check "their interface is in the zone internal" firewall-cmd --permanent --zone=internal --change-interface=ext0
check "'$advice' can be done, for that zone" eval "${advice/--permanent/--permanent --zone=internal}"
is_settled
# The first rules of FORWARD, for analysis when a client gets no answer.
iptables -S FORWARD | grep -m 3 -- '-j' | sed 's/^/       /'
column "open"
load_from_all
check "firewalld is reloaded" firewall-cmd --reload
is_settled
sleep "$(scaled 2)"
no_load_failed "while firewalld is reloaded" 20
column "reload"
check "firewalld is reloaded completely" firewall-cmd --complete-reload
is_settled
column "complete reload"
rolls "with firewalld"
check "firewalld is restarted" systemctl restart firewalld
is_settled
check "smctl doctor has no warning" within 10 not doctor_finds firewalld warning
column "restart"
check "firewalld is stopped" systemctl stop firewalld
check "our rules are in place" within 20 is_kept
check "the preflight doesn't name it any more" within 10 not preflight_finds firewalld warning
column "stopped"

table
finish
