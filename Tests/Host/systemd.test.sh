#!/bin/bash
# In the test host: the module Systemd with the real systemd: jobs, states, signals, and notifications of a Type=notify service.
. "$(dirname "$0")/lib/checks.sh"

units=/run/systemd/system
systemctl stop service-managerd
mkdir -p "$units/check-ok@.service.d"
printf '[Service]\nExecStart=/bin/sleep 100000\n' >"$units/check-ok@.service"
printf '[Unit]\nDescription=with a drop-in\n' >"$units/check-ok@.service.d/x.conf"
printf '[Service]\nType=oneshot\nExecStart=/bin/sh -c "exit 3"\n' >"$units/check-fails.service"
printf '[Unit]\nRequires=check-fails.service\nAfter=check-fails.service\n[Service]\nExecStart=/bin/sleep 100000\n' \
    >"$units/check-requires.service"
printf '[Unit]\nJobTimeoutSec=2\n[Service]\nType=oneshot\nExecStart=/bin/sleep 100000\n' >"$units/check-late.service"
printf '[Service]\nType=oneshot\nRemainAfterExit=yes\nExecStart=/bin/sh -c "until [ -e /run/check-go ]; do sleep 0.1; done"\n%s\n' \
    'ExecStop=/bin/sleep 2' >"$units/check-slow.service"
ln -s /dev/null "$units/check-masked.service"
cat >"$units/check-service.service" <<'X'
[Service]
Type=notify
ExecStart=/mnt/tools/systemd-check service
WatchdogSec=20
FileDescriptorStoreMax=4
X
systemctl daemon-reload

check "jobs, states and errors are as they should be, also over restarts of systemd and the bus" \
    at_most 150 /mnt/tools/systemd-check jobs
check "a unit is listened to over restarts of systemd and the bus" at_most 120 /mnt/tools/systemd-check listen
check "a service says that it is ready" at_most 60 systemctl start check-service
check "its status is one line" within 5 sh -c \
    '[ "$(systemctl show -p StatusText --value check-service)" = "serving well" ]'
check "it restarts" at_most 60 systemctl restart check-service
check "it finds its socket again" within 10 sh -c \
    'journalctl -u check-service SERVICE_ID=shop -o cat | grep -q "found the socket again"'
check "a message of several lines is one entry, with its fields" within 10 sh -c \
    'journalctl -u check-service PRIORITY=3 -o json | jq -r .ERROR | grep -q "systemd or the bus restarted meanwhile"'
check "a message has its id" within 10 sh -c \
    'journalctl MESSAGE_ID=0123456789abcdef0123456789abcdef -o cat | grep -q "made the socket"'
finish
