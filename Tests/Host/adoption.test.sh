#!/bin/bash
# In the test host, under load: a container of the predecessor is adopted unchanged, survives restarts of the daemon, and is
# replaced by the next revision; and a restarted daemon adopts what it finds.
. "$(dirname "$0")/lib/checks.sh"

address=172.17.0.1:7001
put() { # IMAGE [MORE JSON MEMBERS]
    define web "$1" "\"address\": \"$address\", ${2:-}"
}
rules() { ipvsadm -Sn; }
# A container's identity: its process and start time.
lives() { docker inspect -f '{{.Id}} {{.State.Pid}} {{.State.StartedAt}}' "$@"; }
address_of() { docker inspect -f '{{.NetworkSettings.Networks.bridge.IPAddress}}' "$1"; }
refuses() { # WORDS COMMAND...: it fails, and says so
    local words=$1
    shift
    if "$@" >/run/refusal 2>&1; then
        echo "expected a refusal"
        return 1
    fi
    grep -q -- "$words" /run/refusal || { echo "expected '$words', found: $(cat /run/refusal)"; return 1; }
}
is_refused_for_the_table() { status web | jq -e '.services[0].failed | any(.phase == "address")' >/dev/null; }
answers() { smctl status --json 2>/dev/null | jq -e .services >/dev/null; }
daemon_is_new() { [ "$(systemctl show -P MainPID service-managerd)" != "$1" ] && answers; }
has_weight() { ipvsadm -Ln -t "$address" | awk '/->/ && $2 ~ /^[0-9]/ {print $4}' | has_line -x "$1"; }
is_replaced() { settled_at web "$1" && ! docker inspect "$2" >/dev/null 2>&1; }

# Like the predecessor: a container without labels, and a virtual service made with ipvsadm.
docker run -d --name predecessor --stop-signal SIGQUIT web:1 >/dev/null
docker run -d --name other --stop-signal SIGQUIT web:2 >/dev/null
ipvsadm -A -t "$address" -s wlc
ipvsadm -a -t "$address" -r "$(address_of predecessor):80" -m -w 1
check "what the predecessor made serves" within 20 serves "$address" web:1
"$traffic" --target "$address" --rate "$(rate 100)" --keepalive 10 --short 32 --json /run/load.json >/run/load.txt 2>&1 &
load=$!
made=$(lives predecessor)
table=$(rules)

check "a service that isn't known can't adopt" refuses "no service is called web" smctl adopt web --container predecessor
put web:1
check "without adoption, the virtual service isn't touched" within 60 is_refused_for_the_table
check "a container that isn't there is named" refuses "no container nobody" smctl adopt web --container nobody
check "a container of another image isn't adopted" refuses "the document of web names web:1" smctl adopt web --container other
check "another address isn't taken" refuses "not 172.17.0.1:7002" \
    smctl adopt web --container predecessor --address 172.17.0.1:7002
docker run -d --name twin web:1 >/dev/null
check "a container that isn't the destination isn't adopted" refuses "expected $(address_of twin):80" \
    smctl adopt web --container twin
docker rm -f twin >/dev/null
check "no refusal has touched the table" is_number "$(rules)" "$table"

check "the container is adopted" smctl adopt web --container predecessor
check "the service runs" within 20 is_state web running
check "it is the same container" is_number "$(lives predecessor)" "$made"
check "the kernel's table is the same" is_number "$(rules)" "$table"
check "it isn't adopted twice" refuses "containers of its own" smctl adopt web --container predecessor
check "the manager's unit is active" within 20 systemctl is-active --quiet web@manager

process=$(systemctl show -P MainPID service-managerd)
systemctl restart service-managerd
check "the daemon starts again" within 30 daemon_is_new "$process"
check "it finds the adopted container" within 20 is_state web running
process=$(systemctl show -P MainPID service-managerd)
systemctl kill --kill-whom=main -s KILL service-managerd
check "killed, it starts again" within 30 daemon_is_new "$process"
check "it finds the adopted container then, too" within 20 is_state web running
check "it is still the same container" is_number "$(lives predecessor)" "$made"
check "the kernel's table is still the same" is_number "$(rules)" "$table"

put web:2
check "the next revision replaces it, and it is removed" within 60 is_replaced 2 predecessor
check "it is the new revision" serves "$address" web:2

own=$(docker ps -q --filter label=service-manager.service=web)
before=$(lives "$own")
table=$(rules)
process=$(systemctl show -P MainPID service-managerd)
check "the package can be installed again" dpkg -i /run/host/package.deb
check "the daemon was replaced" within 30 daemon_is_new "$process"
check "the service runs" within 20 settled_at web 2
check "an upgrade touches no container" is_number "$(lives "$own")" "$before"
check "an upgrade writes nothing to the kernel's table" is_number "$(rules)" "$table"

echo '{"isManaged": tr' >/var/lib/service-managerd/services/web/record.json
systemctl restart service-managerd
check "with a record that can't be read, the service runs" within 30 settled_at web 2
check "the record was moved aside" sh -c 'ls /var/lib/service-managerd/services/web/ | grep -q "record.json."'
check "the journal says so" within 10 tells "was moved aside"
check "no container was touched" is_number "$(lives "$own")" "$before"
check "the table is the same" is_number "$(rules)" "$table"

kill "$load"
wait "$load"
check "0 failed requests" no_failed_request /run/load.json 500
head -1 /run/load.txt

systemctl stop service-managerd
ipvsadm -e -t "$address" -r "$(address_of "$own"):80" -m -w 0
systemctl start service-managerd
check "a backend that is healthy gets its weight back" within 30 has_weight 1
finish
