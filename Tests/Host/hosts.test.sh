#!/bin/bash
# In the test host: definitions from the daemon's own CouchDB, for this host and others; the status of all hosts in a
# database of its own; CouchDB is killed and restarted; under load.
. "$(dirname "$0")/lib/checks.sh"

address=172.17.0.1:7001
here=$(hostname)
couchdb=http://127.0.0.1:5984
journal=/run/couchdb.journal

start_couchdb() { # PORT
    systemd-run --quiet --collect --unit="couchdb-$1" /mnt/tools/standin-couchdb \
        --host 127.0.0.1 --port "$1" --database services --journal "$journal"
    within 20 curl -sf "http://127.0.0.1:$1/services"
}
kill_couchdb() { systemctl kill -s KILL "couchdb-$1"; within 10 not systemctl is-active "couchdb-$1"; }

# Overwrites a definition. PUT NAME IMAGE [MORE JSON MEMBERS, each with its comma] [SERVER]
put() {
    local server=${4:-$couchdb} revision
    revision=$(curl -s "$server/services/$1" | jq -r '._rev // empty')
    put_json "$1" "{${revision:+\"_rev\": \"$revision\",} ${3:-} \"image\": \"$2\", \"port\": 80, \"health_check\": \"http\",
        \"stop_signal\": \"SIGQUIT\", \"min_healthy\": \"1s\", \"drain_timeout\": \"3s\"}" "$server"
}
put_json() { # NAME JSON [SERVER]
    curl -sf -X PUT -H 'Content-Type: application/json' "${3:-$couchdb}/services/$1" -d "$2" | jq -e .ok >/dev/null
}
delete() { curl -sf -X DELETE "$couchdb/services/$1?rev=$(curl -s "$couchdb/services/$1" | jq -r ._rev)" >/dev/null; }
put_status() { # ID JSON
    curl -sf -X PUT -H 'Content-Type: application/json' "$couchdb/status/$1" -d "$2" >/dev/null
}
published() { curl -s "$couchdb/status/$(jq -rn --arg id "$1" '$id|@uri')"; }
is_published() { published "$1" | jq -e "$2"; }
writes_of() { published "$1" | jq -r '._rev' | cut -d- -f1; }
only_definitions() { is_number "$(curl -s "$couchdb/services/_all_docs" | jq -r '[.rows[].id] | join(" ")')" "$1"; }
ends_with() { # STATUS COMMAND...
    local expected=$1 found=0
    shift
    "$@" || found=$?
    is_number "$found" "$expected"
}
# With any exit status.
says() { # TEXT COMMAND...
    local text=$1 found
    shift
    found=$("$@" 2>&1) || true
    grep -qF -- "$text" <<<"$found" || { echo "expected $text, found:"; head -20 <<<"$found"; return 1; }
}
says_once() { is_number "$(told | grep -cF -- "$1")" 1; } # TEXT
configure() { # JSON
    echo "$1" >/etc/service-managerd/config.json
    systemctl restart service-managerd
    within 20 smctl status
}
settled_with() { # NAME IMAGE
    is_state "$1" running && [ "$(containers_of "$1")" = 1 ] &&
        [ "$(status "$1" | jq -r '[.services[0].backends[].image] | unique | join(",")')" = "$2" ]
}
has_no_container() { has_containers "$1" 0; }
isnt_shown() { is_number "$(state_of "$1")" ""; }
container() { docker ps -q --filter "label=service-manager.service=$1"; }

start_couchdb 5984
check "without a status database, smctl says what to set" says "set status_database_url" smctl status --all-hosts
check "and ends with 2" ends_with 2 smctl status --all-hosts

put web web:1 "\"address\": \"$address\", \"hosts\": [\"$here\"],"
put far web:1 "\"address\": \"172.17.0.1:7002\", \"hosts\": [\"elsewhere-*\", \"not-$here\"],"
put near web:1 "\"address\": \"172.17.0.1:7003\", \"hosts\": [\"elsewhere\", \"${here:0:2}*\"],"
put off web:1 "\"address\": \"172.17.0.1:7004\", \"enabled\": false,"
configure "{\"couchdb_url\": \"$couchdb/services\", \"status_database_url\": \"http://localhost:5984/services\"}"
check "the database of the definitions is refused as status database" \
    within 10 says "is a database of service definitions" smctl status
check "all services run on, and smctl says so for all hosts" ends_with 2 smctl status --all-hosts

configure "{\"couchdb_url\": \"$couchdb/services\", \"status_database_url\": \"$couchdb/status\"}"
check "a service that names this host runs" within 60 settled_with web web:1
check "one whose glob fits runs, too" within 60 settled_with near web:1
check "one for other hosts isn't here" is_number "$(state_of far)$(containers_of far)" 0
check "one that is switched off is stopped" within 10 is_state off stopped
check "it has no container" is_number "$(containers_of off)" 0
check "a status database that is missing is named with the way to create it" \
    within 20 says "curl -X PUT $couchdb/status" smctl status
check "the journal says so once" within 10 says_once "there is no database $couchdb/status"
check "that way works" curl -sf -X PUT "$couchdb/status"
check "then the status is written" within 75 is_published "$here:web" '.state == "running" and .service == "web"'
check "with the host" is_published "$here:web" ".host == \"$here\" and .schema == \"service-manager.service/1\""
check "the host gives a sign of life" is_published "$here:@daemon" '.version and .at and .heartbeat_seconds == 60'

"$traffic" --target "$address" --rate "$(rate 100)" --keepalive 10 --short 32 --json /run/load.json >/run/load.txt 2>&1 &
load=$!
before=$(writes_of "$here:web")
began=$SECONDS
put web web:2 "\"address\": \"$address\", \"hosts\": [\"$here\"],"
check "a rollout" within 60 settled_with web web:2
check "ends up in the status database" within 5 is_published "$here:web" \
    ".state == \"running\" and .current == \"$(current_of web)\" and .candidate == null and (.backends | length) == 1"
writes=$(($(writes_of "$here:web") - before))
took=$((SECONDS - began + 1))
check "with at least two writes, and at most one a second ($writes in $took s)" \
    [ "$writes" -ge 2 -a "$writes" -le $((took + 1)) ]
sleep 3
check "nothing is written while nothing changes" is_number "$(($(writes_of "$here:web") - before))" "$writes"
check "the definitions' database has definitions only" only_definitions "far near off web"

now=$(date -u +%Y-%m-%dT%H:%M:%SZ)
published "$here:web" | jq 'del(._id, ._rev) | .host = "beta"' >/run/beta.json
put_status beta:web @/run/beta.json
put_status beta:@daemon "{\"schema\": \"service-manager.host/1\", \"host\": \"beta\", \"at\": \"$now\", \"version\": \"1.0\",
    \"started\": \"$now\", \"heartbeat_seconds\": 60}"
check "all hosts are shown" says "beta" smctl status --all-hosts
check "a line has the host, the service and its state" \
    sh -c "smctl status --all-hosts | grep -E '^beta +web +running ' && smctl status --all-hosts | grep -E '^$here +web +running '"
check "all is well" ends_with 0 smctl status --all-hosts
past=$(date -u -d '20 minutes ago' +%Y-%m-%dT%H:%M:%SZ)
published "$here:web" | jq 'del(._id, ._rev) | .host = "gamma"' >/run/gamma.json
put_status gamma:web @/run/gamma.json
put_status gamma:@daemon "{\"schema\": \"service-manager.host/1\", \"host\": \"gamma\", \"at\": \"$past\", \"version\": \"1.0\",
    \"started\": \"$past\", \"heartbeat_seconds\": 60}"
check "a host that is silent is shown as such, with its age" \
    says "gamma has been silent for 20m (service-managerd 1.0)" smctl status --all-hosts
check "that needs attention" ends_with 3 smctl status --all-hosts
check "as JSON, too" sh -c "smctl status --all-hosts --json | jq -e '
    .schema == \"smctl.hosts/1\" and ([.hosts[] | select(.stale) | .host] == [\"gamma\"]) and .hosts[0].services[0].name'"

running=$(container web)
kill_couchdb 5984
check "while CouchDB is away, the sources say so" within 20 says "$couchdb/services down" smctl status
check "the services run on" is_number "$(container web)" "$running"
# On another port meanwhile, which isn't used.
start_couchdb 5985
put web web:3 "\"address\": \"$address\", \"hosts\": [\"$here\"]," http://127.0.0.1:5985
kill_couchdb 5985
start_couchdb 5984
check "what changed while it was away is rolled out when it is back" within 60 settled_with web web:3
check "the status is written again" within 75 is_published "$here:web" ".current == \"$(current_of web)\""

running=$(container web)
put_json web "{\"_rev\": \"$(current_of web)\", \"image\": 1, \"port\": \"80x\"}"
check "a document that isn't a definition is refused" within 20 is_state web degraded
check "the running revision stays" is_number "$(container web)" "$running"
check "all hosts can see that" within 5 is_published "$here:web" '.state == "degraded" and (.rejected.reasons | length) > 0'
put web web:3 "\"address\": \"$address\", \"hosts\": [\"$here\"],"
check "the next good one is taken" within 60 settled_with web web:3

running=$(container web)
delete web
sleep 4
put web web:3 "\"address\": \"$address\", \"hosts\": [\"$here\"], \"roll\": \"spec\","
sleep 10
check "deleted and put back within the grace, nothing happens" is_number "$(container web)" "$running"
check "it serves on" serves "$address" web:3

define web web:1 "\"address\": \"$address\", "
check "a file of the same name is shadowed, and the status says so" \
    within 20 says "its definition in /etc/service-managerd/services is shadowed by the one in $couchdb/services" smctl status web
check "it is the document that counts" is_number "$(status web | jq -r '.services[0].source')" "$couchdb/services"
check "the same container runs" is_number "$(container web)" "$running"
rm /etc/service-managerd/services/web.json
check "without the file it is as before" within 20 not says "is shadowed" smctl status web
kill "$load"
wait "$load" 2>/dev/null
check "no request failed in all of this" no_failed_request /run/load.json 1000

put near web:1 "\"address\": \"172.17.0.1:7003\", \"hosts\": [\"elsewhere\"],"
check "a service that moves to other hosts is drained and stops here" within 60 is_state near stopped
check "none of its containers is left" within 20 has_no_container near
delete web
check "a deleted service is drained and removed after its grace" within 60 has_no_container web
check "no virtual service is left" within 10 not sh -c "ipvsadm -Ln | grep -q '$address'"
check "it is shown no more" within 10 isnt_shown web
check "its document is gone from the status database" within 10 is_published "$here:web" '.error == "not_found"'
check "the other hosts' documents are as they were" is_published "beta:web" '.host == "beta"'
check "the definitions' database has definitions only" only_definitions "far near off"
finish
