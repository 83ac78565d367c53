#!/bin/bash
# In the test host: services as units: the predecessor's unit file, and a document with an address and no file.
. "$(dirname "$0")/lib/checks.sh"

units_active() { # PATTERN COUNT
    is_number "$(systemctl list-units --no-legend --state=active "$1" | wc -l)" "$2"
}

if [ "${HOST_BOOT:-1}" = 1 ]; then
    mkdir -p /var/lib/standin
    cat >/etc/systemd/system/my-service@.service <<'X'
[Unit]
Description=My Service
Requires=docker.service
Wants=couchdb.service
After=docker.service couchdb.service
[Service]
Environment=COUCHDB_URL=http://127.0.0.1:5984/services
ExecStart=/opt/service-manager/launch %p %i 172.17.0.1:7002
Type=notify
TimeoutSec=infinity
[Install]
WantedBy=multi-user.target
X
    cat >/etc/systemd/system/dependent.service <<'X'
[Unit]
Wants=my-service@manager.service
After=my-service@manager.service
[Service]
Type=oneshot
RemainAfterExit=yes
ExecStart=/bin/sh -c '/mnt/tools/traffic --once 172.17.0.1:7002 >/run/dependent.txt'
X
    put() { # IMAGE [REVISION]
        curl -sf -X PUT -H 'Content-Type: application/json' "http://127.0.0.1:5984/services/my-service" -d "{${2:+\"_rev\": \"$2\", }
            \"image\": \"$1\", \"port\": 80, \"health_check\": \"http\", \"environment\": {\"THING\": \"xyz\"},
            \"stop_signal\": \"SIGQUIT\", \"min_healthy\": \"1s\", \"drain_timeout\": \"3s\"}" | jq -r .rev
    }
    systemd-run --quiet --unit=couchdb /mnt/tools/standin-couchdb --host 127.0.0.1 --port 5984 --database services
    within 20 curl -sf http://127.0.0.1:5984/services
    systemctl daemon-reload
    first=$(put web:1)
    check "systemctl start of a dependent unit waits until the service serves" at_most 90 systemctl start dependent.service
    check "it found the service serving" grep -q web:1 /run/dependent.txt
    check "the manager is active" systemctl is-active my-service@manager
    check "the revision is active" within 10 systemctl is-active "my-service@$first"
    check "it can be enabled" systemctl enable my-service@manager
    second=$(put web:2 "$first")
    check "a new document's revision becomes active" within 60 systemctl is-active "my-service@$second"
    check "the old revision's unit stops" within 60 not systemctl is-active "my-service@$first"
    check "the new revision serves" serves 172.17.0.1:7002 web:2
    check "its container's output is in the journal under its unit" \
        within 10 sh -c "journalctl -u 'my-service@$second' | grep -q nginx"
    restarted=$(docker ps -q --filter label=service-manager.service=my-service)
    check "a restart of the manager keeps the container" systemctl restart my-service@manager
    check "it is the same container" is_number "$(docker ps -q --filter label=service-manager.service=my-service)" "$restarted"
    check "systemctl stop ends" at_most 60 systemctl stop my-service@manager
    check "no container is left" within 20 has_containers my-service 0
    check "no virtual service is left" within 10 not sh -c 'ipvsadm -Ln | grep -q 7002'
    check "no unit is left" within 10 units_active 'my-service@*' 0

    define web web:1 '"address": "172.17.0.1:7001", '
    check "a document with an address and no unit file serves" within 60 serves 172.17.0.1:7001 web:1
    check "it has a manager and a revision" within 20 units_active 'web@*' 2
    define web web:2 '"address": "172.17.0.1:7001", '
    check "its next revision replaces it" within 60 settled_at web 2
    check "and has the one unit beside the manager" within 20 units_active 'web@*' 2
    failures_before=$failures
    echo "$passed $failures_before" >/var/lib/standin/counts
    host-reboot
fi

read -r passed failures </var/lib/standin/counts
check "after a reboot the service serves again, by itself" within 90 serves 172.17.0.1:7001 web:2
check "and its units are active again" within 30 units_active 'web@*' 2
finish
