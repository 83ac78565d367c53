#!/bin/bash
# In the test host: where definitions come from: a unit's database that moves, a directory behind links, a document with conflicts.
. "$(dirname "$0")/lib/checks.sh"
. "$(dirname "$0")/lib/predecessor.sh"

couchdb=http://127.0.0.1:5984
services=/etc/service-managerd/services
document='{"image": "web:1", "port": 80, "health_check": "http", "stop_signal": "SIGQUIT", "min_healthy": "1s", "drain_timeout": "1s"}'
put_document() { # DATABASE NAME JSON [REVISION] : prints its revision
    curl -sf -X PUT -H 'Content-Type: application/json' "$couchdb/$1/$2" \
        -d "$(jq -c --arg revision "${4:-}" '. + if $revision == "" then {} else {_rev: $revision} end' <<<"$3")" | jq -r .rev
}
unit_with() { # DATABASE : my-service's unit
    sed "s|^Environment=.*|Environment=COUCHDB_URL=$couchdb/$1|" -i /etc/systemd/system/my-service@.service
    systemctl daemon-reload
}
has_source() { is_number "$(field my-service .source)" "$1"; }
is_revision() { is_number "$(current_of "$1")" "$2"; } # NAME REVISION

predecessor
curl -sf -X PUT "$couchdb/services2" >/dev/null

### The unit is changed to another database; the document in the old one is still there

old=$(put_document services my-service "$document")
check "a service runs from the database that its unit names" at_most 90 systemctl start my-service@manager
check "it serves" serves "$address" web:1
put_document services2 my-service "${document/web:1/web:2}" >/dev/null
unit_with services2
check "the manager is restarted with another database" at_most 60 systemctl restart my-service@manager
check "what that one says is rolled out" within 60 serves "$address" web:2
check "smctl names that database" within 20 has_source "$couchdb/services2"
systemctl restart service-managerd
check "also after a restart of the daemon" within 60 has_source "$couchdb/services2"
put_document services my-service "${document/web:1/web:3}" "$old" >/dev/null
check "the old database has no say any more" stays 15 serves "$address" web:2
systemctl stop my-service@manager

### The directory is a link to a release, and a deployment points it to the next one

file=${document/\"port\"/\"address\": \"172.17.0.1:7001\", \"port\"}
web=172.17.0.1:7001
mkdir -p /srv/releases/1 /srv/releases/2 /srv/map/..1 /srv/map/..2
echo "$file" >/srv/releases/1/web.json
echo "${file/web:1/web:2}" >/srv/releases/2/web.json
rmdir "$services" && ln -s /srv/releases/1 "$services"
systemctl restart service-managerd
check "the first release serves" within 60 serves $web web:1
check "it is settled" within 60 is_state web running
point_to() { ln -s "$1" "$services.new" && mv -T "$services.new" "$services"; } # FOLDER
point_to /srv/releases/2
check "the second release is noticed" within 20 serves $web web:2
echo "${file/web:1/web:3}" >/srv/releases/2/.web.new && mv /srv/releases/2/.web.new /srv/releases/2/web.json
check "so is an edit within it" within 20 serves $web web:3
# As a ConfigMap is swapped: the files are links through ..data.
echo "$file" >/srv/map/..1/web.json
echo "${file/web:1/web:4}" >/srv/map/..2/web.json
ln -s ..1 /srv/map/..data && ln -s ..data/web.json /srv/map/web.json
point_to /srv/map
check "a directory with ..data serves" within 60 serves $web web:1
ln -s ..2 /srv/map/..data.new && mv -T /srv/map/..data.new /srv/map/..data
check "its swap is noticed" within 20 serves $web web:4

### Two databases were replicated: the document has two leaves, and the other site's wins

echo "{\"couchdb_url\": \"$couchdb/services\"}" >/etc/service-managerd/config.json
systemctl restart service-managerd
pair=${document/\"port\"/\"address\": \"172.17.0.1:7003\", \"port\"}
first=$(put_document services pair "$pair")
check "a document of the daemon's own database runs" within 60 serves 172.17.0.1:7003 web:1
second=$(put_document services pair "${pair/web:1/web:2}" "$first")
check "an edit here rolls" within 60 serves 172.17.0.1:7003 web:2
"$traffic" --target 172.17.0.1:7003 --rate "$(rate 50)" --keepalive 5 --short 32 --json /run/load.json >/run/load.txt 2>&1 &
load=$!
other=ffffffffffffffffffffffffffffffff
jq -c --arg first "${first#1-}" --arg other "$other" '{new_edits: false, docs: [. + {_id: "pair", _rev: "2-\($other)", image: "web:3",
    _revisions: {start: 2, ids: [$other, $first]}}]}' <<<"$pair" >/run/bulk.json
curl -sf -H 'Content-Type: application/json' "$couchdb/services/_bulk_docs" -d @/run/bulk.json >/dev/null
check "the winner is rolled out" within 60 serves 172.17.0.1:7003 web:3
names_conflict() { smctl status pair | has_line -i conflict; }
check "the status says that the document has conflicts" within 20 names_conflict
# The conflict is settled by deleting the winner: the loser is back, with a revision that was seen before.
curl -sf -X DELETE "$couchdb/services/pair?rev=2-$other" >/dev/null
check "when the winner is deleted, the other leaf is rolled out again" within 60 serves 172.17.0.1:7003 web:2
check "it is that revision" within 60 is_revision pair "$second"
check "the conflict isn't named any more" within 20 not names_conflict
check "and the service isn't taken for deleted" stays 12 serves 172.17.0.1:7003 web:2
kill "$load"
wait "$load" 2>/dev/null
check "no request failed" no_failed_request /run/load.json 200

### What can't be a service

counts_unusable() { smctl status | has_line -F "1 can't be used (smctl doctor)"; }
echo "$file" >"$services/a b.json"
check "a file whose name can't be a service's is counted" within 20 counts_unusable
smctl doctor >/run/doctor.txt
check "smctl doctor exits with 3" is_number $? 3
check "it names the file" grep -F "/a b.json: " /run/doctor.txt
check "and the metrics have it" sh -c \
    "curl -s --unix-socket /run/service-managerd/control.sock http://localhost/metrics | grep -F 'smd_source_unusable{source=\"$services\"} 1'"
rm "$services/a b.json"
check "once it is gone, it isn't counted any more" within 20 not counts_unusable
check "and smctl doctor doesn't name it" not sh -c "smctl doctor | grep -F '/a b.json'"

### A credentials file that can't be used

login=/etc/service-managerd/login
own() { status | jq -e --arg name "$couchdb/services" ".daemon.sources[] | select(.name == \$name) | $1"; } # JQ CONDITION
echo "no colon" >"$login"
echo "{\"couchdb_url\": \"$couchdb/services\", \"couchdb_credentials_file\": \"$login\"}" >/etc/service-managerd/config.json
systemctl restart service-managerd
check "the status shows the source with its error" within 20 own '.state == "down" and (.error | contains("user:password"))'
check "the metrics have it with 0" sh -c \
    "curl -s --unix-socket /run/service-managerd/control.sock http://localhost/metrics | grep -F 'smd_source_up{source=\"$couchdb/services\"} 0'"
check "smctl doctor names the file" sh -c "smctl doctor | grep -F '$login'"
check "what ran runs on" serves 172.17.0.1:7003 web:2
rm "$login"
echo "{\"couchdb_url\": \"$couchdb/services\"}" >/etc/service-managerd/config.json
systemctl restart service-managerd
check "without it, the source is up" within 20 own '.state == "up"'

### A document is deleted, its service ends, and later the document is put back

delete_document() { # DATABASE NAME
    curl -sf -X DELETE "$couchdb/$1/$2?rev=$(curl -s "$couchdb/$1/$2" | jq -r ._rev)" >/dev/null
}
unit_is() { is_number "$(systemctl is-active "$1@manager")" "$2"; } # NAME STATE
delete_document services pair
check "a service whose document is deleted ends" within 60 has_no_container pair
check "the unit that was made of the document ends with it" within 20 unit_is pair inactive
put_document services pair "$pair" >/dev/null
check "when the document is put back, the service runs again" within 60 serves 172.17.0.1:7003 web:1
check "so does its unit" within 20 unit_is pair active

# Of the two databases that have it, only one is left.
delete_document services my-service
unit_with services2
check "a service of a person's own unit runs" at_most 90 systemctl start my-service@manager
check "it serves" within 60 serves "$address" web:2
delete_document services2 my-service
check "its document is deleted, and it ends" within 60 has_no_container my-service
check "the unit waits for the document" stays 5 unit_is my-service active
put_document services2 my-service "${document/web:1/web:3}" >/dev/null
check "when the document is put back, it runs again" within 60 serves "$address" web:3
finish
