#!/bin/bash
# In the test host: clients reach a service with ufw on, whatever it does to the rules. smctl doctor says what ufw closes to other
# machines, and its command opens it.
. "$(dirname "$0")/lib/checks.sh"
. "$(dirname "$0")/lib/network.sh"
. "$(dirname "$0")/lib/clients.sh"

command -v ufw >/dev/null || { echo "this host has no ufw; run the test with --on debian13"; exit 1; }
web_and_clients
column "none"

# As after installing Debian's package: the unit runs, but the firewall is off.
systemctl enable --quiet --now ufw
check "ufw's unit runs" systemctl is-active ufw
check "a ufw that isn't enabled isn't named" not preflight_finds ufw warning
for client in host neighbour stranger; do load_from $client 172.17.0.1:7001; done
check "ufw is enabled" ufw --force enable
check "our rules are in place" within 15 is_kept
sleep "$(scaled 2)"
no_load_failed "while ufw is enabled" 20
check "the preflight names ufw" within 10 preflight_finds ufw warning
check "so does smctl doctor, with the address that other machines don't reach" doctor_finds ufw ok 10.9.0.1:7001
column "ufw" "another machine=0"
advice=$(doctor_advises ufw ok)
check "smctl doctor has a command" [ -n "$advice" ]
check "'$advice' can be done" eval "$advice"
column "allowed"
check "smctl doctor doesn't name that address any more" within 10 not doctor_finds ufw ok 10.9.0.1:7001
check "it names the other" doctor_finds ufw ok 172.17.0.1:7001
check "ufw is reloaded" ufw reload
check "our rules are in place" within 15 is_kept
column "reloaded"
rolls "with ufw"
check "Docker is restarted" systemctl restart docker
check "the service runs again" within 150 is_state web running
find_clients web
check "our rules are in place" within 15 is_kept
column "restarted"
check "ufw is disabled" ufw --force disable
check "the preflight doesn't name it any more" within 10 not preflight_finds ufw warning
check "our rules for it are gone" within 15 sh -c '! iptables-save | grep SERVICE-MANAGER-INPUT'
column "off"

table
finish
