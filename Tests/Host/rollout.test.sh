#!/bin/bash
# In the test host: revisions of one service replace each other under load from three kinds of client.
. "$(dirname "$0")/lib/checks.sh"
revisions=${TEST_REVISIONS:-$(fewer 20 4)}
address=172.17.0.1:7001

define web web:1 '"address": "172.17.0.1:7001", '
check "the first revision serves" within 60 serves "$address" web:1
check "it is settled" within 30 settled_at web 1

# Another machine: a network namespace behind a link of its own. A container on docker0: its network namespace.
ip netns add remote
ip link add ext0 type veth peer name rem0
ip link set rem0 netns remote
ip addr add 10.9.0.1/24 dev ext0
ip link set ext0 up
ip -n remote addr add 10.9.0.2/24 dev rem0
ip -n remote link set rem0 up
ip -n remote link set lo up
ip -n remote route add default via 10.9.0.1
docker run -d --name client busybox:1 /bin/busybox sleep 100000 >/dev/null
client=$(docker inspect -f '{{.State.Pid}}' client)

pids=()
"$traffic" --target "$address" --rate "$(rate 200)" --keepalive 10 --short 64 --json /tmp/host.json >/tmp/host.txt 2>&1 &
pids+=($!)
"$traffic" --target "$address" --rate "$(rate 200)" --keepalive 10 --short 64 --netns "$client" --json /tmp/container.json >/tmp/container.txt 2>&1 &
pids+=($!)
"$traffic" --target "$address" --rate "$(rate 200)" --keepalive 10 --short 64 --netns remote --json /tmp/remote.json >/tmp/remote.txt 2>&1 &
pids+=($!)

for revision in $(seq 2 "$revisions"); do
    define web "web:$((revision % 5 + 1))" '"address": "172.17.0.1:7001", '
    within 180 settled_at web "$revision" || break
done
check "revision $revisions is current and the old containers are gone" settled_at web "$revisions"
kill "${pids[@]}"
wait "${pids[@]}"
for client in host container remote; do
    check "0 failed requests of a client on the $client" no_failed_request "/tmp/$client.json" 1000
    tail -n +1 "/tmp/$client.txt" | head -1
done
check "one destination is left" is_number "$(ipvsadm -Ln | grep -c Masq)" 1
finish
