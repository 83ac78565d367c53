#!/bin/bash
# In the test host, without the package, under load: a host with the bash tool is migrated with the commands of Docs/Migration.md, and
# migrated back.
. "$(dirname "$0")/lib/checks.sh"

address=172.17.0.1:7002
other=172.17.0.1:7003
services=http://127.0.0.1:5984/services
mkdir -p /root/page
cp /run/host/package.deb /root/page/service-manager_1_amd64.deb
dpkg-deb --extract /root/page/service-manager_*.deb /tmp/package
page=/tmp/package/usr/share/doc/service-manager/Migration.md

# Runs a block of the page: page BLOCK [NAME] inserts another service's name.
page() {
    awk -v block="<!-- run: $1 -->" '$0 == block { found = 1; next } found && /^```sh$/ { inside = 1; next }
        inside && /^```$/ { exit } inside' "$page" | sed "s/my-service/${2:-my-service}/g; s/$address/${3:-$address}/g" >/root/page/block.sh
    [ -s /root/page/block.sh ] || { echo "the page has no block $1"; return 1; }
    (cd /root/page && at_most 120 bash -e -o pipefail block.sh)
}

# A stand-in with the visible behaviour of the bash tool.
mkdir -p /opt/service-manager /etc/systemd/system-generators
cat >/opt/service-manager/launch <<'TOOL'
#!/bin/bash
[ $# = 3 ] || { echo "usage: launch NAME manager|REVISION ADDRESS" >&2; exit 1; }
name=$1 instance=$2 address=$3
document=${COUCHDB_URL:-http://127.0.0.1:5984/services}/$name
revision() { curl -sf "$document" | jq -r ._rev; }
manage() {
    curl -sf -I "$document" >/dev/null || exit 1
    ipvsadm -A -t "$address" -s rr
    trap 'systemctl stop "$name@[0-9]*"; ipvsadm -D -t "$address"; exit 0' TERM
    current=
    while true; do
        newest=$(revision)
        if [ -n "$newest" ] && [ "$newest" != "$current" ] && systemctl start "$name@$newest"; then
            [ -z "$current" ] || systemctl stop "$name@$current"
            [ -n "$current" ] || systemd-notify --ready --status="runs $newest"
            current=$newest
        fi
        sleep 1 &
        wait $!
    done
}
run() {
    local json container destination options=()
    json=$(curl -sf "$document?rev=$instance") || exit 1
    port=$(jq -r .port <<<"$json")
    while IFS= read -r setting; do options+=(-e "$setting"); done < <(
        jq -r '.environment // {} | to_entries[] | "\(.key)=\(.value // "")"' <<<"$json")
    while IFS= read -r volume; do options+=(-v "$volume"); done < <(jq -r '.volumes // [] | .[]' <<<"$json")
    container=$name.$instance
    docker rm "$container" >/dev/null 2>&1
    docker run -d --name "$container" --label "service_name=$name" -e "SYSTEM_HOSTNAME=$(hostname)" --log-driver journald \
        -p "$port" "${options[@]}" "$(jq -r .image <<<"$json")" >/dev/null || exit 1
    destination=$(docker inspect -f '{{.NetworkSettings.Networks.bridge.IPAddress}}' "$container"):$port
    until curl --fail -s -o /dev/null "http://$destination/"; do sleep 1; done
    ipvsadm -a -t "$address" -r "$destination" -m -w 1
    trap 'ipvsadm -d -t "$address" -r "$destination"; sleep 5; docker stop "$container" >/dev/null; exit 0' TERM
    systemd-notify --ready
    docker wait "$container" >/dev/null &
    wait $!
    ipvsadm -d -t "$address" -r "$destination"
}
if [ "$instance" = manager ]; then manage; else run; fi
TOOL
chmod 755 /opt/service-manager/launch
cat >/etc/systemd/system-generators/service-manager-generator <<'TOOL'
#!/bin/bash
[ -f /opt/services.json ] || exit 0
mkdir -p "$1/multi-user.target.wants"
jq -r '.[] | "\(.name) \(.address)"' /opt/services.json | while read -r name address; do
    cat >"$1/$name@.service" <<UNIT
[Unit]
Description=$name %i
Requires=docker.service
After=docker.service
[Service]
ExecStart=/opt/service-manager/launch %p %i $address
Type=notify
TimeoutSec=infinity
Restart=always
UNIT
    ln -sf "$1/$name@.service" "$1/multi-user.target.wants/$name@manager.service"
done
TOOL
chmod 755 /etc/systemd/system-generators/service-manager-generator
echo "[{\"name\": \"web\", \"address\": \"$other\"}]" >/opt/services.json
cat >/etc/systemd/system/my-service@.service <<UNIT
[Unit]
Description=My Service
Requires=docker.service
Wants=couchdb.service
After=docker.service couchdb.service
[Service]
Environment=COUCHDB_URL=$services
ExecStart=/opt/service-manager/launch %p %i $address
Type=notify
TimeoutSec=infinity
[Install]
WantedBy=multi-user.target
UNIT
systemd-run --quiet --unit=couchdb /mnt/tools/standin-couchdb --host 127.0.0.1 --port 5984 --database services
within 20 curl -sf "$services"
mkdir -p /srv/my-service
put() { # NAME MORE MEMBERS
    curl -sf -X PUT -H 'Content-Type: application/json' "$services/$1" -d "{\"image\": \"web:1\", \"port\": \"80\"$2}" | jq -r .rev
}
first=$(put my-service ', "health_check": "http", "environment": {"THING": "xyz", "NOTHING": null},
    "volumes": ["/srv/my-service:/srv:ro"], "stop_signal": "SIGQUIT", "min_healthy": "1s", "drain_timeout": "3s"')
web=$(put web ', "stop_signal": "SIGQUIT", "min_healthy": "1s", "drain_timeout": "3s"')
systemctl daemon-reload

is_active() { systemctl is-active --quiet "$1" || { systemctl status --no-pager "$1" | tail -20; return 1; }; }
is_other_process() { [ "$(systemctl show -P MainPID "$1")" != "$2" ]; }
lives() { docker inspect -f '{{.Id}} {{.State.Pid}} {{.State.StartedAt}}' "$1"; }
containers_at() { ipvsadm -Ln -t "$1" | awk '/->/ && $2 ~ /^[0-9]/' | wc -l; }
has_settled() { settled_at "$1" "$2" || { status "$1" | jq -c '.services[0] | {state, detail, current, failed}'; return 1; }; }
is_gone() { ! docker inspect "$1" >/dev/null 2>&1; }

check "the old tool's service starts" at_most 120 systemctl start my-service@manager
check "and the one of its generator" at_most 120 systemctl start web@manager
check "it serves" serves "$address" web:1
check "so does the other" serves "$other" web:1
containers=$(lives "my-service.$first" && lives "web.$web")
"$traffic" --target "$address" --rate "$(rate 50)" --keepalive 5 --short 16 --json /run/load.json >/run/load.txt 2>&1 &
load=$!
"$traffic" --target "$other" --rate "$(rate 50)" --keepalive 5 --short 16 --json /run/other.json >/run/other.txt 2>&1 &
load_other=$!

check "page: see what runs" page look
manager=$(systemctl show -P MainPID my-service@manager)
check "page: install" page install
check "the old tool's processes go on" is_number "$(systemctl show -P MainPID my-service@manager)" "$manager"
check "the old tool's launch is kept" grep -q 'usage: launch' /opt/service-manager/launch.predecessor
check "its generator keeps working" test -e /run/systemd/generator/web@.service
check "beside ours" test -e /run/systemd/generator/my-service@.service.d/50-service-manager.conf
for service in my-service web; do
    check "page: $service: check the document" page validate $service
    check "page: $service: hand over" page hand-over $service
    check "page: $service: adopt" page adopt $service
    check "$service: its manager is active" within 60 is_active $service@manager
    check "$service: it runs" within 60 is_state $service running
done
check "the containers are the same" is_number "$(lives "my-service.$first" && lives "web.$web")" "$containers"
check "page: my-service: check" page check
check "page: web: check" page check web "$other"
check "nothing has failed" no_unit_has_failed
check "the units of the old generator are ordered after the daemon" within 30 sh -c \
    "systemctl show -P After web@manager | grep -q service-managerd.service"
for service in my-service web; do
    check "page: $service: save the document" page save $service
    check "$service: its next revision replaces the old tool's container" within 90 has_settled $service 2
    check "page: $service: what became of it" page rolled $service
done
check "the old tool's containers are gone" within 30 sh -c "[ -z \"\$(docker ps -aq --filter name=my-service.$first --filter name=web.$web)\" ]"
for service in my-service web; do
    check "$service: people find its container by the old label" is_number "$(docker ps -q --filter label=service_name=$service | wc -l)" 1
    check "$service: the old revision's unit rests" not systemctl is-active --quiet "$service@1-*"
done
sleep 5
check "nothing has failed after that either" no_unit_has_failed
kill "$load" "$load_other"
wait "$load" "$load_other"
check "my-service: 0 failed requests" no_failed_request /run/load.json 500
check "web: 0 failed requests" no_failed_request /run/other.json 500
jq -c '{total, failed}' /run/load.json /run/other.json

systemctl stop web@manager
check "page: go back" page go-back
check "the old tool's launch is in its place" grep -q 'usage: launch' /opt/service-manager/launch
check "its service serves again" within 60 serves "$address" web:1
check "with the old tool's container" within 10 sh -c "docker ps --format '{{.Names}}' | grep -q '^my-service\.2-'"
check "at one destination" is_number "$(containers_at "$address")" 1
finish
