#!/bin/bash
# In the test host: documents of the predecessor, the properties of its containers, and health checks that are as tolerant as curl.
. "$(dirname "$0")/lib/checks.sh"

put() { # NAME IMAGE PORT OF THE ADDRESS [MORE JSON MEMBERS, each with its comma]
    local file=/etc/service-managerd/services/.$1.new
    cat >"$file" <<JSON
{"image": "$2", "port": "80", "address": "172.17.0.1:$3", ${4:-} "stop_signal": "SIGQUIT", "min_healthy": "1s",
 "drain_timeout": "1s", "stop_timeout": "2s"}
JSON
    mv "$file" "/etc/service-managerd/services/$1.json"
}
container() { docker ps -q --no-trunc --filter "label=service-manager.service=$1"; }
environment_has() { docker inspect "$(container "$1")" | jq -e --arg v "$2" '.[0].Config.Env | index($v) != null' || { docker inspect "$(container "$1")" | jq -c '.[0].Config.Env'; return 1; }; }
mounts_are() { # NAME EXPECTED
    local found
    found=$(docker inspect "$(container "$1")" | jq -c '[.[0].Mounts[] | "\(.Type) \(.Destination) \(.RW) \(.Propagation)"] | sort')
    [ "$found" = "$2" ] || { echo "expected $2, found $found"; return 1; }
}
detail_says() { status "$1" | jq -r '.services[0] | .. | strings' | grep -F -- "$2" || { status "$1"; return 1; }; }

mkdir -p /srv/data '/srv/2026-01-31T10:00'
echo "from a path with a colon" >'/srv/2026-01-31T10:00/index.html'
put old web:1 7001 '"environment": {"THING": "two\nlines \\ ", "EMPTY": null},
    "volumes": ["/srv/data:/data:ro,z", "/srv/made:/more:rslave", "named:/named:nocopy", "/scratch"],'
check "a document of the predecessor runs" within 60 settled_at old 1
name=$(hostname)
check "a variable that is null is empty" environment_has old "EMPTY="
check "a value is there byte for byte" environment_has old "$(printf 'THING=two\nlines \\ ')"
check "SYSTEM_HOSTNAME is the host's name" environment_has old "SYSTEM_HOSTNAME=$name"
check "the options of volumes are Docker's" mounts_are old \
    '["bind /data false rprivate","bind /more true rslave","volume /named true ","volume /scratch true "]'
check "a label leads to the service's container" is_number "$(docker ps -q --no-trunc --filter label=service_name=old)" "$(container old)"
curl -s "http://172.17.0.1:7001/" >/dev/null
id=$(container old)
for query in "CONTAINER_NAME=old.$(current_of old)" "CONTAINER_ID=${id:0:12}" "CONTAINER_TAG=${id:0:12}" "CONTAINER_ID_FULL=$id"; do
    check "the journal has its lines under ${query%%=*}" within 10 sh -c "journalctl --no-pager -o cat $query | grep -q ."
done
check "and under its unit" within 10 sh -c "journalctl --no-pager -o cat -u 'old@$(current_of old)' | grep -q ."

put colon busybox:1 7002 '"entrypoint": ["/bin/busybox"], "command": ["httpd", "-f", "-p", "80", "-h", "/data/c:"],
    "volumes": [{"type": "bind", "source": "/srv/2026-01-31T10:00", "target": "/data/c:", "read_only": true}],'
check "paths with colons work in the object form" within 60 serves 172.17.0.1:7002 "from a path with a colon"

put last busybox:1 7003 '"health_check": "tcp", "entrypoint": ["/bin/sh", "-c"],
    "command": ["trap exit QUIT; busybox nc -ll -p 80 -e true & echo begun; wait; echo ended"],'
check "a service over TCP says so" within 60 settled_at last 1
last=$(current_of last)
rm /etc/service-managerd/services/last.json
check "it ends when its document does" within 60 not systemctl is-active "last@$last"
check "its first line is in the journal" sh -c "journalctl --no-pager -o cat -u 'last@$last' CONTAINER_NAME=last.$last | grep -q '^begun$'"

put json busybox:1 7004 '"health_check": "up", "entrypoint": ["/bin/sh", "-c"], "command":
    ["mkdir /www; echo {\"status\": \"starting\"} >/www/index.html; (sleep 4; echo {\\\"status\\\": \\\"up\\\"} >/www/index.html) & exec busybox httpd -f -p 80 -h /www"],'
check "up waits for the body" within 30 detail_says json "expected"
check "and serves once it says so" within 60 settled_at json 1

put wrong busybox:1 7005 '"entrypoint": ["/bin/sh", "-c"], "command": ["while :; do echo READY | busybox nc -l -p 80; done"],'
check "what isn't HTTP is told to be checked over TCP" within 30 detail_says wrong '"health_check": "tcp"'
put wrong busybox:1 7005 '"entrypoint": ["/bin/sh", "-c"], "command": ["exec busybox nc -ll -p 80 -e sleep 60"],'
check "a probe that is too slow names the limit and its value" within 40 detail_says wrong "within 5s (health_check.timeout)"
finish
