#!/bin/bash
# In the test host: what isn't ours is left alone, the source that counts is remembered, a drain ends with the last established
# connection, and the host doesn't route between Docker's networks, even after a boot.
. "$(dirname "$0")/lib/checks.sh"
. "$(dirname "$0")/lib/predecessor.sh"

foreign=172.17.0.1:7005
table_of() { ipvsadm -Sn | grep -- "-t $1 " | sort; } # ADDRESS
is_untouched() { is_number "$(table_of $foreign)" "$before"; }
forwards_nothing() { is_number "$(iptables -S FORWARD | head -1)" "-P FORWARD DROP"; }
drains_in_time() { not tells "still has connections at its drain_timeout"; }
define_web() { # IMAGE
    define_json web "{\"image\": \"$1\", \"port\": 80, \"address\": \"172.17.0.1:7001\", \"stop_signal\": \"SIGQUIT\",
        \"min_healthy\": \"1s\", \"drain_timeout\": \"60s\"}"
}
shows_connections() { smctl status --wide web | awk 'NR > 1 && $8 > 0 {found = 1} END {exit !found}'; }

if [ "$HOST_BOOT" = 1 ]; then
    ### A foreign virtual service at the document's address, while the unit passes another address

    ipvsadm -A -t $foreign -s rr
    ipvsadm -a -t $foreign -r 172.17.0.77:80 -m -w 5
    before=$(table_of $foreign)
    cat >/etc/systemd/system/other@.service <<'UNIT'
[Service]
ExecStart=/opt/service-manager/launch %p %i 172.17.0.1:7006
Type=notify
TimeoutSec=infinity
UNIT
    systemctl daemon-reload
    define other web:1 "\"address\": \"$foreign\", "
    check "a service runs at its unit's address" at_most 120 systemctl start other@manager
    check "it serves there" serves 172.17.0.1:7006 web:1
    systemctl restart service-managerd
    check "the next daemon has it, too" within 60 is_state other running
    check "somebody else's virtual service at the document's address is as it was" stays 8 is_untouched
    define other web:2 "\"address\": \"$foreign\", "
    check "also after a rollout" within 60 settled_at other 2
    check "it is untouched" is_untouched
    systemctl stop other@manager
    check "and after the service was stopped" is_untouched
    rm /etc/service-managerd/services/other.json

    ### One id in CouchDB and in a file

    echo '{"couchdb_url": "http://127.0.0.1:5984/services"}' >/etc/service-managerd/config.json
    systemd-run --quiet --unit=couchdb /mnt/tools/standin-couchdb --host 127.0.0.1 --port 5984 --database services
    within 20 curl -sf http://127.0.0.1:5984/services
    systemctl restart service-managerd
    curl -sf -X PUT http://127.0.0.1:5984/services/twice -d '{"image": "web:1", "port": 80, "address": "172.17.0.1:7007",
        "health_check": "http", "stop_signal": "SIGQUIT", "min_healthy": "1s"}' >/dev/null
    check "the document runs" within 60 serves 172.17.0.1:7007 web:1
    define twice web:2 '"address": "172.17.0.1:7007", '
    check "a file of the same name is shadowed" stays 8 serves 172.17.0.1:7007 web:1
    systemctl stop couchdb
    systemctl restart service-managerd
    check "and stays so while CouchDB is away, after a restart of the daemon" stays 15 serves 172.17.0.1:7007 web:1
    # A new service waits for the database of higher rank, if the configuration names one.
    rm /etc/service-managerd/services/twice.json /etc/service-managerd/config.json
    systemctl restart service-managerd

    ### Rollouts under short connections, whose half-open entries the kernel counts as active for two minutes

    define_web web:1
    check "a service runs" within 60 is_state web running
    "$traffic" --target 172.17.0.1:7001 --rate "$(rate 300)" --keepalive 2 --short 32 --json /run/load.json >/run/load.txt 2>&1 &
    load=$!
    check "the status shows its connections as the kernel counts them" within 20 shows_connections
    kill "$load"
    wait "$load"
    "$traffic" --target 172.17.0.1:7001 --rate "$(rate 300)" --keepalive 0 --short 32 --json /run/load.json >/run/load.txt 2>&1 &
    load=$!
    for generation in 2 3 4 5; do
        define_web "web:$((generation % 3 + 1))"
        check "rollout $generation is through" within 120 settled_at web $generation
    done
    kill "$load"
    wait "$load"
    check "no request failed" no_failed_request /run/load.json 300
    check "no drain took its whole drain_timeout" drains_in_time
    echo "$passed $failures" >/var/lib/ownership-counts
    host-reboot
fi

read -r passed failures </var/lib/ownership-counts
check "after a boot the service serves" within 120 serves 172.17.0.1:7001 web:3
check "the host forwards nothing but what Docker and service-managerd let through" forwards_nothing
finish
