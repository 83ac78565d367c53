#!/bin/bash
# In the test host: Docker runs containers as the definition says, and secrets stay where they belong.
. "$(dirname "$0")/lib/checks.sh"

address=172.17.0.1:7001
mkdir -p /srv/site /etc/web
echo "hello from a volume" >/srv/site/index.html
echo "sesame-of-a-file" >/etc/web/file
echo "sesame-of-a-credential" >/etc/web/credential
chmod 600 /etc/web/*
docker network create --subnet 172.30.0.0/24 front >/dev/null

put() { # ENVIRONMENT
    cat >/etc/service-managerd/services/.web.new <<JSON
{"image": "busybox:1", "port": 8080, "address": "$address", "health_check": "tcp", "min_healthy": "1s", "drain_timeout": "3s",
 "entrypoint": ["/bin/busybox"], "command": ["httpd", "-f", "-p", "8080", "-h", "/data"],
 "user": "33:33", "hostname": "web-host", "labels": {"team": "web", "tier": 2},
 "volumes": ["/srv/site:/data:ro", "cache:/cache", {"type": "tmpfs", "target": "/scratch"}], "network": "front",
 "memory": "64m", "cpus": 0.5, "pids": 50, "ulimits": {"nofile": {"soft": 100, "hard": 200}, "core": 0},
 "stop_signal": "SIGINT", "stop_timeout": "7s", "healthy_deadline": "60s", "environment": $1}
JSON
    mv /etc/service-managerd/services/.web.new /etc/service-managerd/services/web.json
}
container() { status web | jq -r '.services[0].backends[] | select(.role == "current") | .container' | head -1; }
has() { # JQ EXPRESSION over docker inspect
    jq -e ".[0] | $1" /run/inspected.json >/dev/null || { jq -c '.[0] | .Config, .HostConfig' /run/inspected.json; return 1; }
}
failed_in() { # GENERATION PHASE TEXT
    status web | jq -er ".services[0].failed[] | select((.revision | startswith(\"$1-\")) and .phase == \"$2\") | .message" |
        grep -F -- "$3"
}
within_container() { docker exec "$(container)" "$@"; }

echo "note: controllers of this kernel: $(awk '$4 == 1 {print $1}' /proc/cgroups | xargs)"
docker info 2>/dev/null | grep -i "warning" | sed 's/^/note: /'

put '{"PLAIN": "text with = and spaces", "NUMBER": 4, "FROM_FILE": {"file": "/etc/web/file"}}'
check "the service runs as its definition says" within 60 settled_at web 1
check "what it serves comes from a volume" within 10 serves "$address" "hello from a volume"
docker inspect "$(container)" >/run/inspected.json

check "entry point and command" has '.Config.Entrypoint == ["/bin/busybox"] and .Config.Cmd == ["httpd", "-f", "-p", "8080", "-h", "/data"]'
check "user and host name" has '.Config.User == "33:33" and .Config.Hostname == "web-host"'
check "the process has that user" [ "$(awk '/^Uid/ {print $2}' "/proc/$(jq '.[0].State.Pid' /run/inspected.json)/status")" = 33 ]
check "labels" has '.Config.Labels.team == "web" and .Config.Labels.tier == "2" and .Config.Labels["service-manager.service"] == "web"'
check "a host's folder, read-only, and a named volume" has \
    '[.Mounts[] | select(.Type != "tmpfs") | "\(.Type) \(.Destination) \(.RW)"] | sort == ["bind /data false", "volume /cache true"]'
check "a read-only folder can't be written" not within_container busybox touch /data/x
check "memory as a volume" within_container sh -c "grep -q '^tmpfs /scratch tmpfs' /proc/mounts"
check "ulimits" has '[.HostConfig.Ulimits[] | "\(.Name) \(.Soft) \(.Hard)"] | sort == ["core 0 0", "nofile 100 200"]'
check "the process has them" grep -qE "^Max open files +100 +200" "/proc/$(jq '.[0].State.Pid' /run/inspected.json)/limits"
check "signal and time to stop" has '.Config.StopSignal == "SIGINT" and .Config.StopTimeout == 7'
check "Docker doesn't restart it by itself" has '.HostConfig.RestartPolicy.Name == "no"'
check "its output is bounded on disk" has '.HostConfig.LogConfig == {"Type": "json-file", "Config": {"max-size": "10m", "max-file": "3"}}'
# Docker discards limits that the kernel doesn't support, so only supported ones can be checked.
limit() { # CONTROLLER JQ EXPRESSION
    if has_controller "$1"; then
        check "the limit of $1" has "$2"
    else
        echo "note: this kernel has no controller $1; the limit is discarded by Docker"
    fi
}
limit memory '.HostConfig.Memory == 67108864'
limit cpu '.HostConfig.NanoCpus == 500000000'
limit pids '.HostConfig.PidsLimit == 50'
check "its network is the named one" has '(.NetworkSettings.Networks | keys) == ["front"]'
inside=$(jq -r '.[0].NetworkSettings.Networks.front.IPAddress' /run/inspected.json)
check "its address there is the destination" sh -c "ipvsadm -Ln -t $address | grep -q '$inside:8080'"
check "environment of texts and files" has '.Config.Env | (index("PLAIN=text with = and spaces") and index("NUMBER=4") and index("FROM_FILE=sesame-of-a-file")) != null'

put '{"SECRET": {"credential": "web-password"}}'
check "a credential that service-managerd doesn't have fails the rollout, and says how to give it" \
    within 30 failed_in 2 create "LoadCredential=web-password:"
check "what runs was never touched" serves "$address" "hello from a volume"
mkdir -p /etc/systemd/system/service-managerd.service.d
printf '[Service]\nLoadCredential=web-password:/etc/web/credential\n' >/etc/systemd/system/service-managerd.service.d/credentials.conf
systemctl daemon-reload
systemctl restart service-managerd
within 20 is_state web degraded
check "given the credential, it can be tried again" smctl retry web --wait
check "the new revision runs" within 30 settled_at web 2
docker inspect "$(container)" >/run/inspected.json
check "the container has the credential" has '.Config.Env | index("SECRET=sesame-of-a-credential") != null'
put '{"SECRET": {"file": "/etc/web/absent"}}'
check "a file that can't be read fails the rollout, and is named" within 30 failed_in 3 create "/etc/web/absent"

check "no secret is in a label" not sh -c \
    "docker ps -aq | xargs docker inspect -f '{{json .Config.Labels}}' | jq -r '.[\"service-manager.document\"]' | base64 -d | grep sesame"
check "no secret is in the journal" not sh -c "journalctl -o export -u service-managerd | grep -a sesame"
check "no secret is in the status" not sh -c "smctl status --json | grep sesame"
check "no secret is in the state" not grep -r sesame /var/lib/service-managerd /run/service-managerd /etc/service-managerd
finish
