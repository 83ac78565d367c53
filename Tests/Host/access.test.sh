#!/bin/bash
# In the test host: who may do what over both sockets, a policy that narrows definitions, and no secret anywhere after a day's work.
. "$(dirname "$0")/lib/checks.sh"
. "$(dirname "$0")/lib/predecessor.sh"

web=172.17.0.1:7001
control=/run/service-managerd/control.sock
configuration=/etc/service-managerd/config.json
couchdb=http://127.0.0.1:5984

useradd --groups service-manager member
useradd outsider

### Who may do what

define web web:1 "\"address\": \"$web\", "
check "a service runs" within 60 settled_at web 1
before=$(running_containers_of web)

# The status code of a request as a user; 000: there was no connection.
code() { # USER METHOD PATH [CURL OPTIONS]
    local user=$1 as=()
    [ "$user" = root ] || as=(runuser -u "$user" --)
    "${as[@]}" curl -s -o /dev/null -w '%{http_code}' -m "$(scaled 5)" --unix-socket $control -X "$2" "http://localhost$3" "${@:4}" || true
}
reads="/v1/status /v1/services/web /v1/services/web/history /v1/services/web/logs?follow=false&tail=1 /v1/doctor /v1/preflight /metrics"
verbs="retry pause resume rollback promote abort drain undrain restart start stop adopt"
for path in $reads; do
    check "root reads $path" is_number "$(code root GET "$path")" 200
    check "a member of the group reads it" is_number "$(code member GET "$path")" 200
    check "nobody else does" is_number "$(code outsider GET "$path")" 000
done
for verb in $verbs; do
    check "a member of the group may not $verb" is_number "$(code member POST "/v1/services/web/$verb" -d '{}')" 403
    check "nor by saying that it is root" is_number \
        "$(code member POST "/v1/services/web/$verb" -d '{"by": "root"}' -H 'X-User: root' -H 'Authorization: Basic cm9vdDo=')" 403
    check "an outsider doesn't get that far" is_number "$(code outsider POST "/v1/services/web/$verb" -d '{}')" 000
done
check "root reads a definition, which may hold secrets" is_number "$(code root GET /v1/services/web/definition)" 200
check "a member of the group doesn't" is_number "$(code member GET /v1/services/web/definition)" 403
check "nor does an outsider" is_number "$(code outsider GET /v1/services/web/definition)" 000
check "none of that has changed the service" is_number "$(running_containers_of web)" "$before"
check "it isn't paused" is_state web running
check "root pauses it" is_number "$(code root POST /v1/services/web/pause -d '{}')" 202
check "and resumes it" is_number "$(code root POST /v1/services/web/resume -d '{}')" 202
# launch's socket: whoever connects there speaks for units.
says() { # USER LINE: what the daemon answers
    runuser -u "$1" -- timeout 5 sh -c "printf '%s\n' '$2' | curl -s --unix-socket /run/service-managerd/launch.sock telnet://localhost" 2>&1
}
for user in member outsider; do
    check "$user can't connect to the socket of launch" not says $user "hello web@manager"
done
check "the manager's unit is as it was" is_active web@manager

### A policy

cat >$configuration <<X
{"policy": {"images": ["web"], "mounts": ["/srv"], "files": ["/etc/web"], "networks": ["bridge"], "units": []}}
X
systemctl restart service-managerd
check "what runs is allowed, and runs on" within 30 is_state web running
check "in the same container" is_number "$(running_containers_of web)" "$before"
rejected() { # NAME RULE
    status "$1" | jq -e --arg rule "($2)" '.services[0] | .. | strings | select(contains($rule) and contains("config.json"))' ||
        { status "$1" | jq -c '.services[0]'; return 1; }
}
try() { # RULE IMAGE MORE JSON MEMBERS
    define web "$2" "\"address\": \"$web\", $3"
    check "a definition outside the policy is rejected with its rule, $1" within 20 rejected web "$1"
}
try images busybox:1 ""
try mounts web:2 '"volumes": ["/etc:/host"], '
try mounts web:2 '"volumes": ["/srv/../etc:/host"], '
try files web:2 '"environment": {"KEY": {"file": "/etc/shadow"}}, '
try networks web:2 '"network": "other", '
try units web:2 '"wants": ["ssh.service"], '
check "smctl names the rule, too" sh -c 'smctl status web | grep -q "(units)"'
check "the same container serves" is_number "$(running_containers_of web)" "$before"
check "and answers" serves $web web:1
mkdir -p /srv/web
define web web:2 "\"address\": \"$web\", \"volumes\": [\"/srv/web:/data:ro\"], "
check "a definition within the policy is rolled out" within 60 serves $web web:2
echo '{"policy": {"image": ["web"]}}' >$configuration
check "a rule that there isn't keeps the daemon from starting" not systemctl restart service-managerd
check "the journal says which rules there are" within 10 tells 'policy: expected rules of .*images.*, found "image"'
check "what runs serves on" serves $web web:2
echo '{"polcy": {}}' >$configuration
systemctl reset-failed service-managerd
check "a key that is no setting doesn't" systemctl restart service-managerd
check "but is told of" within 10 tells '"polcy" is no setting'

### Secrets: one in each place that may hold one

mkdir -p /etc/web /etc/service-managerd/docker
echo sesame-file >/etc/web/key
echo sesame-credential >/etc/web/credential
echo admin:sesame-couchdb >/etc/service-managerd/couchdb
echo admin:sesame-status >/etc/service-managerd/status
printf '{"auths": {"127.0.0.1:5001": {"auth": "%s"}}}' "$(printf 'tester:sesame-registry' | base64)" >/etc/service-managerd/docker/config.json
chmod 600 /etc/web/* /etc/service-managerd/couchdb /etc/service-managerd/status /etc/service-managerd/docker/config.json
mkdir -p /etc/systemd/system/service-managerd.service.d
printf '[Service]\nLoadCredential=web-password:/etc/web/credential\nEnvironment=LOG_LEVEL=debug\n' >/etc/systemd/system/service-managerd.service.d/access.conf
predecessor
sed -i "s|//127.0.0.1:5984|//admin:sesame-unit@127.0.0.1:5984|" /etc/systemd/system/my-service@.service
systemctl daemon-reload
cat >$configuration <<X
{"couchdb_url": "$couchdb/services", "couchdb_credentials_file": "/etc/service-managerd/couchdb",
 "status_database_url": "$couchdb/status", "status_database_credentials_file": "/etc/service-managerd/status"}
X
systemctl restart service-managerd

secret='"environment": {"TEXT": "sesame-text", "FILE": {"file": "/etc/web/key"}, "CREDENTIAL": {"credential": "web-password"}}, '
env_has() { docker inspect "$(running_containers_of web | head -1)" | jq -e ".[0].Config.Env | index(\"$1\") != null"; }
define web web:3 "\"address\": \"$web\", $secret"
check "a revision with secrets serves" within 90 serves $web web:3
check "it has the text" env_has TEXT=sesame-text
check "and the file's value" env_has FILE=sesame-file
check "and the credential" env_has CREDENTIAL=sesame-credential

# A day's work, with what goes wrong in one.
generation() { status web | jq -r '.services[0].target | split("-")[0]'; }
failed() { status web | jq -e '.services[0].failed | length > 0'; }
systemctl start docker-registry-private
within 20 curl -s -o /dev/null http://127.0.0.1:5001/v2/
define web 127.0.0.1:5001/private:1 "\"address\": \"$web\", $secret"
check "an image of a registry that refuses the login fails" within 90 failed
define web crash:1 "\"address\": \"$web\", $secret"
sleep 5
define web web:4 "\"address\": \"$web\", ${secret/web-password/absent}"
sleep 5
echo "{\"image\": \"web:4\", \"port\": \"eighty\", $secret \"enviroment\": {\"TEXT\": \"sesame-text\"}}" >/etc/service-managerd/services/web.json
sleep 5
echo "{\"image\": \"web:4\", \"port\": 80, \"environment\": {\"TEXT\": sesame-text}}" >/etc/service-managerd/services/web.json
sleep 5
define web web:5 "\"address\": \"$web\", $secret"
check "the next good revision serves" within 120 serves $web web:5
put web:1 >/dev/null
timeout "$(scaled 60)" systemctl start my-service@manager
smctl restart web --wait >/dev/null 2>&1
smctl rollback web >/dev/null 2>&1
within 60 serves $web web:3
smctl resume web >/dev/null 2>&1
systemctl stop couchdb
sleep 3
systemctl kill --kill-whom=main -s KILL service-managerd
within 60 is_state web running
systemctl restart service-managerd
within 60 is_state web running

# All that a person or a program is shown.
shown=/run/shown
mkdir -p $shown
for command in "status" "status web --json" "history web" "logs web" "logs my-service" "doctor" "doctor --json" "doctor --preflight" "schema"; do
    # shellcheck disable=SC2086
    timeout "$(scaled 20)" smctl $command
done >$shown/smctl 2>&1
smctl validate /etc/service-managerd/services/web.json >>$shown/smctl 2>&1
for path in $reads /v1/hosts; do curl -s -m "$(scaled 10)" --unix-socket $control "http://localhost$path"; done >$shown/control
journalctl -b -o export --no-pager >$shown/journal
systemctl show '*' >$shown/units 2>&1
for process in $(pgrep -x 'service-manager|launch|smctl'); do tr '\0' '\n' <"/proc/$process/cmdline"; done >$shown/commands
docker ps -aq | xargs -r docker inspect -f '{{json .Config.Labels}}' |
    jq -r 'to_entries[] | "\(.key)=\(.value)", (select(.key == "service-manager.document").value | @base64d)' >$shown/labels
check "there is something to look through" [ "$(cat $shown/journal $shown/smctl $shown/control $shown/labels | wc -c)" -gt 20000 ]
for kind in file credential couchdb status registry; do
    check "the secret of kind $kind is in nothing that is shown" not grep -rla "sesame-$kind" $shown
    check "nor in the daemon's files" not grep -rla "sesame-$kind" /var/lib/service-managerd /run/service-managerd /etc/service-managerd/generated
    encoded=$(printf 'sesame-%s' "$kind" | base64 | cut -c1-16)
    check "nor as base64" not grep -rlaF "$encoded" $shown /var/lib/service-managerd /run/service-managerd
done
# A text in a definition is the definition's; it is in the kept documents and in the container's label, and nowhere else.
check "a text of a definition isn't in the journal" not grep -la sesame-text $shown/journal
check "nor in what smctl and the control socket say" not grep -la sesame-text $shown/smctl $shown/control
check "the kept documents are root's alone" is_number "$(find /var/lib/service-managerd -type f -perm /077 ! -name '*.new' | xargs -r grep -la sesame | wc -l)" 0
# A password in the URL that a unit names is the unit's.
check "a password in a unit's URL is in nothing that smctl and the control socket say" not grep -la sesame-unit $shown/smctl $shown/control
check "nor in the daemon's own lines" not sh -c "journalctl -b -u service-managerd -o export --no-pager | grep -a sesame-unit"
check "nor in the daemon's files" not grep -rla sesame-unit /var/lib/service-managerd /run/service-managerd
check "what passes through a definition with a mistake isn't told either" not sh -c "grep -a sesame $shown/smctl"
finish
