#!/bin/bash
# In the test host: another program changes the kernel's table, and the table is repaired; what isn't ours isn't touched.
. "$(dirname "$0")/lib/checks.sh"

address=172.17.0.1:7001
table() { ipvsadm -Sn | grep -- "-t $address " | sort; }
is_as_it_was() { [ "$(table)" = "$before" ] || { echo "expected:"; echo "$before"; echo "found:"; table; return 1; }; }
repaired() { status | jq -r '.daemon.ipvs.drift_repaired_total'; }
are_repaired() { is_number "$(repaired)" "$1"; }
are_destinations() { is_number "$(table | grep -c -- -a)" "$1"; }

define web web:1 "\"address\": \"$address\", \"replicas\": 2, \"scheduler\": \"wrr\", \"weight\": 3, \"persistence\": \"60s\", "
check "the service runs" within 120 is_state web running
check "it has two destinations" within 20 are_destinations 2
ipvsadm -A -t 172.17.0.1:9999 -s rr
ipvsadm -a -t 172.17.0.1:9999 -r 172.17.0.77:80 -m -w 5
before=$(table)
foreign=$(ipvsadm -Sn | grep 9999)
destination=$(table | awk '/-a/ {print $5; exit}')

sleep 8
check "nothing is repaired while nothing differs" is_number "$(repaired)" 0

"$traffic" --target "$address" --rate "$(rate 100)" --keepalive 10 --short 32 --json /run/load.json >/run/load.txt 2>&1 &
load=$!
ipvsadm -e -t "$address" -r "$destination" -m -w 9
check "a weight is set back" within 10 is_as_it_was
check "the journal says so" within 10 tells "the destination $destination of $address was changed to weight 9: it is set back to weight 3"
check "with fields to search by" within 10 sh -c \
    "journalctl -u service-managerd SERVICE_ADDRESS=$address DESTINATION=$destination ACTION=destination_changed -o cat | grep -q 'set back'"
ipvsadm -E -t "$address" -s sh
check "scheduler and persistence are set back" within 10 is_as_it_was
check "the journal names both" within 10 tells "the virtual service $address was changed to sh: it is set back to wrr, persistent for 1m"
kill "$load"
wait "$load" 2>/dev/null
check "no request failed meanwhile" no_failed_request /run/load.json 50

ipvsadm -a -t "$address" -r 172.17.0.99:80 -m -w 1
check "a stranger's destination is deleted" within 10 is_as_it_was
check "the journal says that it is none of ours" within 10 tells "172.17.0.99:80 of $address, weight 1, is not a container of this service"
ipvsadm -d -t "$address" -r "$destination"
check "a destination that was deleted is added again" within 10 is_as_it_was
ipvsadm -D -t "$address"
check "a virtual service that was deleted is made again with its destinations" within 10 is_as_it_was
check "it serves" serves "$address" web:1
ipvsadm -C
check "after a flush it is all there again" within 10 is_as_it_was
check "each repair is counted" within 10 are_repaired 6

ipvsadm -A -t 172.17.0.1:9999 -s rr
ipvsadm -a -t 172.17.0.1:9999 -r 172.17.0.77:80 -m -w 5
sleep 5
check "a virtual service of somebody else is as it was" [ "$(ipvsadm -Sn | grep 9999)" = "$foreign" ]

# Changes continue during a whole rollout, and don't keep it from finishing.
touch /run/meddling
(while [ -e /run/meddling ]; do
    ipvsadm -a -t "$address" -r 172.17.0.99:80 -m -w 0
    ipvsadm -e -t "$address" -r "$(table | awk '/-a/ {print $5; exit}')" -m -w 7
    sleep 0.3
done) 2>/dev/null &
define web web:2 "\"address\": \"$address\", \"replicas\": 2, \"scheduler\": \"wrr\", \"weight\": 3, \"persistence\": \"60s\", "
check "a rollout finishes while another program changes the table" within 60 sh -c \
    "[ \"\$(smctl status web --json | jq -r '.services[0] | select(.state == \"running\") | .current' | cut -d- -f1)\" = 2 ]"
rm /run/meddling
wait
check "the table is right in the end" within 8 sh -c \
    "[ \"\$(ipvsadm -Sn | grep -- '-a -t $address ' | grep -c -- '-w 3')\" = 2 ] && [ \"\$(ipvsadm -Sn | grep -c -- '-a -t $address ')\" = 2 ]"
check "it serves the new revision" serves "$address" web:2

kept=$(repaired)
check "there were repairs" [ "$kept" -ge 6 ]
systemctl stop service-managerd
destination=$(table | awk '/-a/ {print $5; exit}')
ipvsadm -d -t "$address" -r "$destination"
ipvsadm -a -t "$address" -r 172.17.0.99:80 -m -w 1
systemctl start service-managerd
check "what was changed while the daemon was down is set right, too" within 20 sh -c \
    "ipvsadm -Sn | grep -q -- '-r $destination' && ! ipvsadm -Sn | grep -q 172.17.0.99"
finish
