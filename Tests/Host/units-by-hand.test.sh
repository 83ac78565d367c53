#!/bin/bash
# In the test host: a person's commands for units, failing units, new templates, the boot, the shutdown, and logs.
. "$(dirname "$0")/lib/checks.sh"
. "$(dirname "$0")/lib/predecessor.sh"

launch_of() { systemctl show -p MainPID --value "$1"; }
is_failed() { systemctl list-units --failed --plain --no-legend | has_line "^$1"; }
is_activating() { [ "$(systemctl is-active "$1")" = activating ]; }
reloads() { journalctl -b _PID=1 -o cat | grep -c '^Reloading'; }
is_complete() { # LINES: all of burst's lines are in the journal, in order, each once
    journalctl -u 'burst@*' -o cat | grep '^line ' >/run/burst.txt
    seq 1 "$1" | sed 's/^/line /' | cmp - /run/burst.txt
}

if [ "${HOST_BOOT:-1}" = 1 ]; then
    # A journal that outlives the boot, for the order of the shutdown.
    mkdir -p /var/log/journal
    systemctl restart systemd-journald
    journalctl --flush

    predecessor
    first=$(put web:1)
    check "the manager starts" at_most 90 systemctl start my-service@manager
    second=$(put web:2 "$first")
    check "the next revision becomes active" within 60 is_active "my-service@$second"
    check "the first one's unit ends" within 60 not is_active "my-service@$first"
    check "and isn't taken to have failed" not is_failed "my-service@$first"

    check "an old revision's unit doesn't start by hand" not at_most 30 systemctl start "my-service@$first"
    check "its journal says what to do instead" \
        within 10 sh -c "journalctl -u 'my-service@$first' -o cat | grep -q 'smctl rollback my-service $first'"
    check "the current revision serves on" serves "$address" web:2

    # The bus is lost while units are stopped: for a moment it can't be asked for the reason.
    container=$(container_of my-service)
    "$traffic" --target "$address" --rate "$(rate 50)" --keepalive 5 --short 16 --json /run/load.json >/dev/null 2>&1 &
    load=$!
    for ((round = $(fewer 4 2); round > 0; round--)); do
        kill -9 "$(systemctl show -P MainPID dbus.service)"
        check "the manager is restarted while the bus is lost, $round to go" at_most 60 systemctl restart my-service@manager
    done
    check "once it is back, the manager is restarted" within 60 is_active my-service@manager
    check "none of that was taken for a person's stop" not tells 'the service stops'
    check "it is the same container" is_number "$(container_of my-service)" "$container"
    kill "$load"
    wait "$load" 2>/dev/null
    check "no request failed" no_failed_request /run/load.json 50

    container=$(container_of my-service)
    systemctl stop service-managerd
    kill -9 "$(launch_of my-service@manager)" "$(launch_of "my-service@$second")"
    check "the units of launches that were killed without a daemon have failed" within 10 is_failed my-service@manager
    systemctl start service-managerd
    check "the daemon starts the manager again" within 30 is_active my-service@manager
    check "and the revision" within 30 is_active "my-service@$second"
    check "it is the same container" is_number "$(container_of my-service)" "$container"

    systemctl stop service-managerd
    check "the manager can be stopped without a daemon" at_most 30 systemctl stop my-service@manager
    systemctl start service-managerd
    check "the daemon stops its service" within 30 has_no_container my-service
    check "the manager stays stopped" stays 5 not is_active my-service@manager
    check "no virtual service is left" within 10 not sh -c 'ipvsadm -Ln | grep -q 7002'
    check "a revision of a service that isn't managed doesn't start by hand" not at_most 30 systemctl start "my-service@$second"

    check "the manager starts again" at_most 90 systemctl start my-service@manager
    check "all units can be stopped at once" at_most 60 systemctl stop 'my-service@*'
    check "no container is left" within 20 has_no_container my-service
    check "nothing comes back in 35 s" stays 35 units_active 'my-service@*' 0

    before=$(reloads)
    sed 's/7002/7010/' /etc/systemd/system/my-service@.service >/etc/systemd/system/late@.service
    systemctl start --no-block late@manager
    define a web:1 '"address": "172.17.0.1:7011", '
    define b web:1 '"address": "172.17.0.1:7012", '
    define c web:1 '"address": "172.17.0.1:7013", '
    check "services with an address get units" within 120 units_active '[abc]@manager.service' 3
    check "a unit that was made without a daemon-reload is ordered after the daemon" within 30 sh -c \
        "systemctl show -p DropInPaths --value late@manager | grep -q 50-service-manager.conf"
    made=$(($(reloads) - before))
    check "for that, systemd reloaded its units at most three times, not $made" [ "$made" -le 3 ]
    for target in service-manager.target docker.service; do
        check "a generated manager is wanted by $target" test -L "/run/systemd/generator/$target.wants/a@manager.service"
    done
    check "and not by multi-user.target" not test -e /run/systemd/generator/multi-user.target.wants/a@manager.service
    systemctl stop late@manager
    rm /etc/systemd/system/late@.service /etc/service-managerd/services/[abc].json

    # An instance for each unit: systemd passes no cause to a unit that could have several.
    cat >/etc/systemd/system/note@.service <<'X'
[Service]
Type=oneshot
ExecStart=/bin/sh -c 'echo "$MONITOR_UNIT $MONITOR_EXIT_CODE $MONITOR_EXIT_STATUS" >>/run/failed.txt'
X
    mkdir -p /etc/systemd/system/crash@.service.d
    printf '[Unit]\nOnFailure=note@%%n.service\n' >/etc/systemd/system/crash@.service.d/note.conf
    define_json crash '{"image": "busybox:1", "address": "172.17.0.1:7004", "port": 80, "health_check": "none", "min_healthy": "1s",
        "command": ["sh", "-c", "sleep 6; exit 7"]}'
    check "the unit of a container that crashed fails with its exit code, as its OnFailure= finds" \
        within 90 grep -q '^crash@1-.* exited 7$' /run/failed.txt
    check "the manager stays active" is_active crash@manager
    check "the unit is started again" within 60 sh -c "systemctl list-units --plain --no-legend --state=active 'crash@1-*' | grep -q crash"
    define_json crash '{"image": "busybox:1", "address": "172.17.0.1:7004", "port": 80, "health_check": "none", "min_healthy": "1s",
        "command": ["sleep", "100000"], "stop_timeout": "1s"}'
    check "its next revision stays" within 60 settled_at crash 2

    define_json burst '{"image": "busybox:1", "address": "172.17.0.1:7005", "port": 80, "health_check": "none", "min_healthy": "1s",
        "stop_timeout": "1s", "command": ["sh", "-c", "sleep 2; seq 1 60000 | sed \"s/^/line /\"; sleep 100000"]}'
    check "a container writes much at once" within 60 sh -c "journalctl -u 'burst@*' -o cat | grep -q '^line 1000$'"
    systemctl restart service-managerd
    check "all 60000 lines are in the journal, in order, each once" within 240 is_complete 60000
    check "nothing was suppressed" not sh -c "journalctl -b | grep -q 'Suppressed .* burst@'"

    define_json hangs '{"image": "busybox:1", "address": "172.17.0.1:7006", "port": 80, "health_check": "http",
        "healthy_deadline": "1h", "progress_deadline": "1h", "command": ["sleep", "100000"], "stop_timeout": "1s"}'
    check "the manager of a service that never gets healthy is starting" within 30 is_activating hangs@manager
    echo "$passed $failures" >/var/lib/standin/counts
    host-reboot
fi

read -r passed failures </var/lib/standin/counts
check "the boot completes" within 60 is_active multi-user.target
check "though a manager is still starting" within 30 is_activating hangs@manager

journalctl -b -1 _PID=1 -o short-monotonic | grep -E 'Stopp(ed|ing)' >/run/stops.txt
position() { grep -nE "$1" /run/stops.txt | tail -1 | cut -d: -f1; }
revision=$(position 'Stopped (crash|burst)@[0-9]')
manager=$(position 'Stopped (crash|burst|hangs)@manager')
daemon=$(position 'Stopped service-managerd.service')
docker=$(position 'Stopped docker.service')
in_order() { [ "${revision:-99}" -lt "$daemon" ] && [ "${manager:-99}" -lt "$daemon" ] && [ "$daemon" -lt "$docker" ]; }
check "at the shutdown, units stop before the daemon, and that before Docker ($revision, $manager, $daemon, $docker)" in_order
took=$(awk -F'[][]' '/Stopped target multi-user.target/ { first = $2 } /Stopped docker.service/ { last = $2 } END { printf "%d", first && last ? last - first : 99 }' /run/stops.txt)
check "within seconds: $took" [ "$took" -lt "$(scaled 30)" ]
check "a service that ran at the shutdown runs again" within 90 is_state crash running
finish
