#!/bin/bash
# In the test host: each kind of health check, and the effects of its verdicts, under load.
. "$(dirname "$0")/lib/checks.sh"
export DOCKER_BUILDKIT=0

address=172.17.0.1:7001
# Port 80 always serves. Port 8081 answers 204 to a probe with the right header and host, unless it is set to be sick.
cat >/srv/nginx.conf <<'NGINX'
worker_processes 1;
error_log stderr notice;
pid /run/nginx.pid;
events { worker_connections 1024; }
http {
    access_log off;
    keepalive_requests 20;
    server { listen 80 backlog=1024; location / { return 200 "up $hostname\n"; } }
    server {
        listen 8081;
        location = /up {
            if ($http_x_probe != yes) { return 403; }
            if ($http_host != probe.example.org) { return 404; }
            if (-e /tmp/sick) { return 503; }
            return 204;
        }
    }
}
NGINX

put() { # IMAGE HEALTH CHECK [MORE JSON MEMBERS]
    cat >/etc/service-managerd/services/.web.new <<JSON
{"image": "$1", "address": "$address", "port": 80, "health_check": $2, ${3:-} "stop_signal": "SIGQUIT", "min_healthy": "1s",
 "drain_timeout": "3s", "volumes": ["/srv/nginx.conf:/etc/nginx/nginx.conf:ro"]}
JSON
    mv /etc/service-managerd/services/.web.new /etc/service-managerd/services/web.json
}
weights() { ipvsadm -Ln -t "$address" | awk '/->/ && $2 ~ /^[0-9]/ {print $4}' | sort -n | xargs; }
are_weights() { [ "$(weights)" = "$1" ] || { echo "expected weights $1, found $(weights)"; return 1; }; }
containers() { docker ps -q --no-trunc --filter label=service-manager.service=web; }
settled() { # GENERATION CONTAINERS
    is_state web running && [[ "$(current_of web)" == "$1"-* ]] && [ "$(containers_of web)" = "$2" ]
}
sicken() { docker exec "$1" /bin/busybox touch /tmp/sick; }
cure() { docker exec "$1" /bin/busybox rm -f /tmp/sick; }
detail() { status web | jq -r '.services[0].detail // empty'; }
failed_in() { # GENERATION TEXT
    status web | jq -er ".services[0].failed[] | select(.revision | startswith(\"$1-\")) | .message" | grep -F -- "$2"
}

http='"kind": "http", "port": 8081, "path": "/up", "host": "probe.example.org", "headers": {"X-Probe": "yes"}, "interval": "300ms", "fall": 2, "rise": 2'
put web:1 "{$http, \"status\": 204}" '"replicas": 2,'
check "http: path, host, headers, port and status are what the definition says" within 60 settled 1 2
"$traffic" --target "$address" --rate "$(rate 100)" --keepalive 10 --short 32 --json /run/load.json >/run/load.txt 2>&1 &
load=$!

first=$(containers | head -1)
second=$(containers | tail -1)
sicken "$first"
check "a backend that fails its probes gets no new connections" within 10 are_weights "0 1"
check "its health tells why" within 10 sh -c "smctl status --json web | jq -e '.services[0].backends[] | select(.health // \"\" | contains(\"503\"))'"
check "its container runs on" [ "$(docker inspect -f '{{.State.Running}}' "$first")" = true ]
sicken "$second"
check "the last one that serves is kept in service" within 10 sh -c "smctl status web | grep -q 'last serving backend'"
check "it has its weight" are_weights "0 1"
check "the service is degraded" is_state web degraded
cure "$first"
check "one that is healthy again comes back, and the sick one leaves" within 10 sh -c \
    "smctl status --json web | jq -e --arg c $first '.services[0].backends[] | select(.container == \$c and .phase == \"serving\" and .weight == 1)' && [ \"\$(ipvsadm -Ln -t $address | awk '/->/ && \$2 ~ /^[0-9]/ {s += \$4} END {print s}')\" = 1 ]"
cure "$second"
check "both serve in the end" within 10 are_weights "1 1"
check "and all is well" within 10 is_state web running
check "probes leave no connection behind that could meet a client's port" not sh -c "ss -Htan state time-wait | grep ':8081'"

put web:1 "{$http, \"status\": [\"2xx\"], \"restart_after\": 6}" '"replicas": 2,'
check "a range of status codes" within 60 settled 2 2
first=$(containers | head -1)
sicken "$first"
check "one that fails restart_after times is replaced" within 40 sh -c "! docker ps -q --no-trunc | grep -q $first"
check "two serve again" within 30 settled 2 2

put web:1 "{$http, \"status\": 200}" '"healthy_deadline": "3s",'
check "another status than expected fails the rollout, and is told" within 30 failed_in 3 "204, expected one of 200"

put web:1 '{"kind": "tcp", "port": 8081, "interval": "300ms"}'
check "tcp" within 60 settled 4 1
put web:1 '{"kind": "tcp", "port": 8082}' '"healthy_deadline": "3s",'
check "tcp: a port that nothing listens on fails the rollout" within 30 failed_in 5 "8082"

put web:1 '{"kind": "exec", "command": ["test", "!", "-e", "/tmp/sick"], "startup_interval": "1s", "interval": "1s", "timeout": "10s", "fall": 2}' '"replicas": 2,'
check "exec" within 60 settled 6 2
sicken "$(containers | head -1)"
check "exec: a command that fails takes the backend out" within 20 are_weights "0 1"

# Docker's time for a check depends on the host, and isn't tested.
printf 'FROM web:1\nHEALTHCHECK --interval=1s --timeout=%ds --retries=1 CMD ["test", "!", "-e", "/tmp/sick"]\n' "$(scaled 5)" |
    docker build --quiet --tag checked:1 - >/dev/null
put checked:1 '{"kind": "docker", "interval": "500ms", "fall": 1}' '"replicas": 2,'
check "docker: the image's own check" within 90 settled 7 2
sicken "$(containers | head -1)"
check "docker: a container that Docker finds unhealthy is taken out" within 20 are_weights "0 1"
put web:1 '"docker"' '"healthy_deadline": "3s",'
check "docker: an image without a check fails the rollout, and is told" within 30 failed_in 8 "HEALTHCHECK"

# A check that hangs sometimes: commands that time out are ended, and don't pile up in the container.
put web:1 '{"kind": "exec", "command": ["sh", "-c", "if [ -e /tmp/sick ]; then sleep 987; fi"], "startup_interval": "1s", "interval": "1s",
    "timeout": "8s", "fall": 3}'
check "exec: a check that hangs only at times" within 60 settled 9 1
hung=$(containers)
hanging() { docker top "$hung" -eo pid,args | grep -c '[s]leep 987'; }
is_degraded() { is_state web degraded; }
sicken "$hung"
check "exec: while it hangs, the service is degraded" within 60 is_degraded
sleep 30
left=$(hanging)
check "exec: after several that were given up, at most two processes of theirs are left, not $left" [ "$left" -le 2 ]
cure "$hung"
none_hangs() { is_number "$(hanging)" 0; }
check "exec: it gets healthy again" within 60 is_state web running
check "exec: nothing of the hung checks is left" within 30 none_hangs

kill "$load"
wait "$load" 2>/dev/null
check "no request failed in all of this" no_failed_request /run/load.json 1000

# Without a check, a container serves as soon as it runs, even before it listens.
put web:1 '"none"'
check "none" within 60 settled 10 1

# A command that hangs sometimes.
put web:1 '{"kind": "exec", "command": ["/bin/busybox", "sh", "-c", "if [ -e /tmp/hang ]; then /bin/busybox sleep 987; fi"], "startup_interval": "1s",
 "interval": "1s", "timeout": "5s", "fall": 2}'
check "exec: a shell that starts nothing" within 60 settled 11 1
# Each is a shell and what it started.
hanging() { docker top "$(containers)" -eo pid,args | grep -c '[s]leep 987'; }
one_hangs_at_most() { # SECONDS
    local deadline=$((SECONDS + $1)) found
    while [ "$SECONDS" -lt "$deadline" ]; do
        found=$(hanging)
        [ "$found" -le 2 ] || { echo "$found processes of checks"; return 1; }
        sleep 1
    done
}
none_hangs() { is_number "$(hanging)" 0; }
docker exec "$(containers)" /bin/busybox touch /tmp/hang
check "exec: a command that hangs has failed" within 60 is_state web degraded
check "exec: one hangs at most, however many were given up" one_hangs_at_most 30
check "exec: the status says that it is killed" sh -c "smctl status --json web | grep -q 'and was killed'"
docker exec "$(containers)" /bin/busybox rm /tmp/hang
check "exec: it is healthy again" within 30 is_state web running
check "exec: and nothing of the checks that hung is left" within 10 none_hangs

# Processes of a user other than root, which need a capability to be ended.
mkdir -p /srv/hang
cat >/etc/service-managerd/services/.other.new <<JSON
{"image": "busybox:1", "address": "172.17.0.1:7002", "port": 80, "user": "1000", "min_healthy": "1s", "stop_timeout": "1s",
 "entrypoint": ["/bin/busybox", "sleep", "100000"], "volumes": ["/srv/hang:/hang:ro"],
 "health_check": {"kind": "exec", "command": ["/bin/busybox", "sh", "-c", "if [ -e /hang/now ]; then /bin/busybox sleep 988; fi"],
  "startup_interval": "1s", "interval": "1s", "timeout": "5s", "fall": 2}}
JSON
mv /etc/service-managerd/services/.other.new /etc/service-managerd/services/other.json
none_of_others_hangs() { is_number "$(docker top "$(running_containers_of other)" -eo pid,args | grep -c '[s]leep 988')" 0; }
check "exec: in a container whose user isn't root" within 60 settled_at other 1
touch /srv/hang/now
check "exec: what hangs there is killed, too, as the status says" within 60 sh -c "smctl status --json other | grep -q 'and was killed'"
rm /srv/hang/now
check "exec: it is healthy again" within 30 is_state other running
check "exec: and nothing of its checks is left" within 10 none_of_others_hangs
finish
