#!/bin/bash
# In the test host: the commands of the README, exactly as written; and the findings of the preflight before them.
. "$(dirname "$0")/lib/checks.sh"

readme=/usr/share/doc/service-manager/README.md
# shellcheck disable=SC2032 # Commands of the README are run by this shell.
sudo() { "$@"; }

section() { awk -v title="## $1" '$0 == title { inside = 1; next } /^## / { inside = 0 } inside' "$readme"; }
blocks() { awk -v fence="\`\`\`$1" '$0 == fence { inside = 1; next } $0 == "```" { inside = 0 } inside'; } # KIND
is_well() { jq -e '[.checks[] | select(.state != "ok")] == []' <<<"$1" || { jq -c '.checks[]' <<<"$1"; return 1; }; }

# The preflight.
preflight=$(grep -o 'sudo smctl doctor --preflight' "$readme" | head -1)
check "the README names the preflight" [ -n "$preflight" ]
check "before there is a service, a host that is fit for one is well" is_well "$($preflight --json)"
check "as its exit status says" smctl doctor --preflight
check "it names addresses for services" sh -c "smctl doctor --preflight | grep -q '172.17.0.1'"
systemd-run --quiet --unit=keepalived sleep 9999
check "a program that keeps virtual services is named" within 10 preflight_finds keepalived warning
check "as the exit status says" sh -c 'smctl doctor --preflight >/dev/null; [ $? = 3 ]'
systemctl stop keepalived
modprobe dummy
ip link add kube-ipvs0 type dummy
check "a kube-proxy that owns the kernel's table, too" within 10 preflight_finds kube-proxy broken
ip link delete kube-ipvs0
check "neither is named when it is gone" within 10 smctl doctor --preflight

# A first service.
section "A first service" | blocks sh >/tmp/first.sh
check "the README has a first service" grep -q 'tee /etc/service-managerd/services/web.json' /tmp/first.sh
check "it can be typed" eval "$(cat /tmp/first.sh)"
check "it serves" within 90 is_state web running
section "A first service" | blocks "" | sed -n 's/^\$ //p' >/tmp/then.sh
check "the README has commands to look at it" is_number "$(wc -l </tmp/then.sh)" 2
while read -r line; do
    answer=$(eval "$line")
    check "'$line' answers" [ -n "$answer" ]
done </tmp/then.sh
check "as the README shows it" has_line '^web  *running  *172.17.0.1:7001 ' <<<"$answer"
check "nothing is wrong" sudo smctl doctor
check "its history has it" sh -c "smctl history web | grep -q current"
# shellcheck disable=SC2024,SC2033
check "a definition can be checked" sudo smctl validate /etc/service-managerd/services/web.json
first=$(current_of web)
sed -i 's/"port": 80,/"port": 80, "environment": {"THING": "other"},/' /etc/service-managerd/services/web.json
has_changed() { is_state web running && [ "$(current_of web)" != "$first" ]; }
check "saving the file with other content makes a new revision" within 120 has_changed

# The predecessor's unit file and its document, as the README shows them.
part="With CouchDB, and units of your own"
section "$part" | blocks ini >/tmp/unit
path=$(sed -n '1s/^# //p' /tmp/unit)
check "the README has a unit file" [ "$path" = /etc/systemd/system/my-service@.service ]
cp /tmp/unit "$path"
systemd-run --quiet --unit=couchdb /mnt/tools/standin-couchdb --host 127.0.0.1 --port 5984 --database services
# The unit's address belongs to a network of the predecessor's users.
docker network create --subnet 172.18.0.0/16 users >/dev/null
check "the database answers" within 20 curl -sf http://127.0.0.1:5984/services
section "$part" | blocks json >/tmp/document
mkdir -p /srv/my-service
check "its document can be written" curl -sf -X PUT -H 'Content-Type: application/json' -d @/tmp/document \
    http://127.0.0.1:5984/services/my-service
systemctl daemon-reload
check "systemctl start my-service@manager returns when it serves" systemctl start my-service@manager
check "it serves then" sh -c 'curl -sf http://172.18.0.1:7001/ >/dev/null'
check "it is stable after its min_healthy" within 60 is_state my-service running
check "the revision is a unit" sh -c "systemctl is-active 'my-service@$(current_of my-service)'"
check "systemctl stop my-service@manager ends it" systemctl stop my-service@manager
check "no container of it is left" has_containers my-service 0
check "the daemon's runtime has nothing to complain of" not tells 'thread priority'
finish
