#!/bin/bash
# In the test host: what the predecessor's users rely on: units without COUCHDB_URL or with Restart=always, the expectations of
# containers and scripts, and a service with the name of a vendor's template.
. "$(dirname "$0")/lib/checks.sh"
. "$(dirname "$0")/lib/predecessor.sh"

unit() { # NAME ADDRESS [MORE LINES OF [Service]] : as users of the predecessor have it
    cat >"/etc/systemd/system/$1@.service" <<UNIT
[Unit]
Description=$1
Requires=docker.service
Wants=couchdb.service
After=docker.service couchdb.service
[Service]
ExecStart=/opt/service-manager/launch %p %i $2
Type=notify
TimeoutSec=infinity
${3:-}
[Install]
WantedBy=multi-user.target
UNIT
    systemctl daemon-reload
}
unit_is() { is_number "$(systemctl is-active "$1")" "$2"; } # UNIT STATE
none_failed() { is_number "$(systemctl list-units --failed --no-legend --plain "$1" | wc -l)" 0; } # PATTERN
starts_of() { journalctl -b -o cat --no-pager | grep -c -e "Started $1" -e "Starting $1"; } # UNIT

systemd-run --quiet --unit=couchdb /mnt/tools/standin-couchdb --host 127.0.0.1 --port 5984 --database services
within 20 curl -sf http://127.0.0.1:5984/services

### A unit of the predecessor's own generator: its launch had a default for COUCHDB_URL

put_document() { # NAME JSON [REVISION] : prints its revision
    curl -sf -X PUT -H 'Content-Type: application/json' "http://127.0.0.1:5984/services/$1" \
        -d "$(jq -c --arg revision "${3:-}" '. + if $revision == "" then {} else {_rev: $revision} end' <<<"$2")" | jq -r .rev
}
put_document nginx '{"port": 80, "health_check": "http", "image": "nginx:latest"}' >/dev/null
unit nginx 172.17.0.1:7003
check "without COUCHDB_URL, systemctl start returns when the service serves" at_most 120 systemctl start nginx@manager
check "it serves" serves 172.17.0.1:7003 web:1
systemctl stop nginx@manager

### Restart=always, which the predecessor's generator puts into every unit

document='{"image": "web:1", "port": 80, "health_check": "http", "stop_signal": "SIGQUIT", "min_healthy": "1s", "drain_timeout": "3s"}'
unit my-service "$address" $'Environment=COUCHDB_URL=http://127.0.0.1:5984/services\nRestart=always'
first=$(put_document my-service "$document")
check "with Restart=always the manager starts" at_most 90 systemctl start my-service@manager
second=$(put_document my-service "${document/web:1/web:2}" "$first")
check "the next revision serves" within 60 serves "$address" web:2
check "its unit is active" within 30 unit_is "my-service@$second" active
check "the old revision's unit becomes inactive" within 60 unit_is "my-service@$first" inactive
check "and rests" stays 10 unit_is "my-service@$first" inactive
check "no unit failed" none_failed 'my-service@*'
check "it isn't reported as started by hand" not tells "was started by hand"
starts=$(starts_of "my-service@$first")
check "systemd tried it again at most once, and not $((starts - 1)) times" [ "$starts" -le 2 ]
check "the new one serves on" serves "$address" web:2

### Expectations of containers and scripts

# Accepts connections at once, and answers 503 while it warms up for 10 s.
warm=/tmp/warm
mkdir -p $warm/files/usr/bin
cp -L /usr/bin/socat $warm/files/usr/bin/
ldd /usr/bin/socat | grep -o '/[^ ]*' | while read -r library; do
    (cd $warm/files && cp --parents --dereference "$library" .)
done
cat >$warm/files/reply <<'REPLY'
#!/bin/sh
while IFS= read -r line; do [ "${#line}" -gt 1 ] || break; done
[ -e /tmp/began ] || busybox date +%s >/tmp/began
if [ $(($(busybox date +%s) - $(cat /tmp/began))) -lt 10 ]; then
    printf 'HTTP/1.1 503 Service Unavailable\r\nContent-Length: 5\r\nConnection: close\r\n\r\nwarm\n'
else
    printf 'HTTP/1.1 200 OK\r\nContent-Length: 6\r\nConnection: close\r\n\r\nready\n'
fi
REPLY
chmod 755 $warm/files/reply
printf 'FROM busybox:1\nCOPY files /\nCMD ["/usr/bin/socat", "TCP-LISTEN:80,reuseaddr,fork,backlog=128", "EXEC:/reply"]\n' >$warm/Dockerfile
check "an image that warms up is made" env DOCKER_BUILDKIT=0 docker build --quiet --tag warm:1 $warm

web='{"image": "web:1", "port": 80, "address": "172.17.0.1:7001", "stop_signal": "SIGQUIT", "stop_timeout": "2s",
    "min_healthy": "1s", "drain_timeout": "1s", "healthy_deadline": "120s"}'
define_json web "$web"
check "a service without a health_check runs" within 60 settled_at web 1
container=$(running_containers_of web)
check "SYSTEM_HOSTNAME is the host's name" sh -c \
    "docker inspect $container | jq -e '.[0].Config.Env | index(\"SYSTEM_HOSTNAME=$(hostname)\")'"
check "docker ps finds it by the label service_name" is_number "$(docker ps -q --no-trunc --filter label=service_name=web)" "$container"
has_lines() { [ "$(journalctl -b CONTAINER_NAME="$1" -o cat --no-pager | wc -l)" -gt 0 ]; } # CONTAINER_NAME
check "the journal has its lines under CONTAINER_NAME" within 10 has_lines "web.$(current_of web)"
"$traffic" --target 172.17.0.1:7001 --rate "$(rate 10)" --keepalive 0 --short 32 --json /run/load.json >/run/load.txt 2>&1 &
load=$!
define_json web "${web/web:1/warm:1}"
check "the one that warms up serves once it is ready" within 60 serves 172.17.0.1:7001 ready
check "it is current, and alone" within 60 settled_at web 2
kill "$load"
wait "$load" 2>/dev/null
# A shell that answers is too slow for some hosts. The test only requires that no answer is a 503.
has_only_good_answers() {
    jq -e '.ok >= 50 and ([.failures[].kind | select(test("in time") | not)] == [])' "$1" >/dev/null || { cat "$1"; return 1; }
}
check "without a health_check it is checked over HTTP: no client saw a 503" has_only_good_answers /run/load.json

### A service called postgresql, where a package brings a template of that name

cat >/lib/systemd/system/postgresql@.service <<'UNIT'
[Unit]
Description=PostgreSQL Cluster %i
AssertPathExists=/etc/postgresql/%I/postgresql.conf
[Service]
Type=forking
ExecStart=-/usr/bin/pg_ctlcluster --skip-systemctl-redirect %i start
[Install]
WantedBy=multi-user.target
UNIT
systemctl daemon-reload
define_json postgresql "${document/\"port\"/\"address\": \"172.17.0.1:7004\", \"port\"}"
names_template() { "$@" >/run/said; has_line -F 'postgresql@.service' /run/said; } # COMMAND...
check "smctl status says whose template is in the way" within 60 names_template smctl status postgresql
check "so does smctl doctor" within 20 names_template smctl doctor
check "and no message says to start a unit that isn't ours" not sh -c "smctl status postgresql | grep 'systemctl start postgresql@manager'"
finish
