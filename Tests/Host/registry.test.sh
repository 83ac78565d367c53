#!/bin/bash
# In the test host: images from a registry, under load: progress, logins, pinned images, and which images are kept and removed.
. "$(dirname "$0")/lib/checks.sh"

address=172.17.0.1:7001
free=127.0.0.1:5000
private=127.0.0.1:5001
export DOCKER_BUILDKIT=0
logins=/etc/service-managerd/docker/config.json

put() { # IMAGE [MORE JSON MEMBERS]
    define web "$1" "\"address\": \"$address\", ${2:-}"
}
answers() { # GENERATION IMAGE: that revision is current and alone, and serves that image
    settled_at web "$1" && serves "$address" "$2"
}
failed_with() { # GENERATION TEXT
    status web | jq -er ".services[0].failed[] | select(.revision | startswith(\"$1-\")) | select(.phase == \"pull\") | .message" |
        grep -F "$2" || { status web | jq -c '.services[0].failed'; return 1; }
}
revision() { basename "$(ls /var/lib/service-managerd/services/web/definitions/"$1"-*.json)" .json; } # GENERATION
has_image() { docker image inspect "$1" >/dev/null 2>&1; }
keeps() { is_number "$(docker images -q service-manager/web | wc -l)" "$1"; } # IMAGES
push() { # LOCAL REMOTE
    docker tag "$1" "$2" && docker push --quiet "$2" >/dev/null && docker rmi "$2" >/dev/null
}
log_in() { # JSON
    mkdir -p "$(dirname "$logins")"
    echo "$1" >"$logins"
}
auth() { echo "{\"auths\": {\"$private\": {\"auth\": \"$(printf %s "$1" | base64)\"}}}"; } # USER:PASSWORD

systemctl start docker-registry docker-registry-private
within 20 curl -sf "http://$free/v2/" >/dev/null
printf 'FROM web:3\nENV PLACE=registry\n' | docker build --quiet --tag ours:3 - >/dev/null
pinned=$(docker image inspect -f '{{.Id}}' ours:3)
push ours:3 "$free/web:moving"
docker rmi ours:3 >/dev/null

# The registry runs for a twentieth of the time, so that a pull can be watched on a machine of any speed.
touch /run/throttled
throttle() { # PROCESS
    while [ -e /run/throttled ]; do
        kill -STOP "$1"
        sleep 0.4
        kill -CONT "$1"
        sleep 0.02
    done
}
throttle "$(systemctl show -P MainPID docker-registry)" &
throttling=$!
smctl status --watch --json >/run/watched.json &
watcher=$!
put "$free/large:1"
check "smctl status shows how far a pull is" within 60 sh -c 'smctl status web | grep -E "pulling .*large:1; .*(Downloading|Extracting|Pull)"'
check "an image is pulled from a registry and serves" within 90 answers 1 large:1
rm /run/throttled
wait "$throttling"
kill "$watcher"
check "the JSON had the pull's progress, many times" [ "$(jq -r '.services[] | select(.name == "web") | .pull // empty' /run/watched.json | grep -c -E 'Downloading|Extracting')" -gt 3 ]
check "the pull's progress is gone when it is done" [ "$(status web | jq -r '.services[0].pull')" = null ]

"$traffic" --target "$address" --rate "$(rate 100)" --keepalive 10 --short 32 --json /run/load.json >/run/load.txt 2>&1 &
load=$!

put "$free/web:moving"
check "a tag is pulled" within 60 answers 2 web:3
push web:4 "$free/web:moving"
check "after the tag has moved, a restart" smctl restart web --wait
check "still runs the image that the revision began with" serves "$address" web:3
put "$free/web:moving" '"pull": "always", '
check "a new revision that always pulls takes what the tag stands for now" within 60 answers 3 web:4
check "the earlier image is kept under a name of ours" has_image "service-manager/web:$(revision 2)"

systemctl stop docker-registry
check "with the registry stopped, a rollback" smctl rollback web --wait
check "runs the earlier image" within 30 answers 2 web:3
check "and back" smctl resume web --wait
check "to the newest" within 30 answers 3 web:4
systemctl start docker-registry

put "$private/web:1"
check "without a login the registry and the file are named" within 60 failed_with 4 "$private"
check "with the file to write" failed_with 4 "$logins has no login for it"
log_in "$(auth tester:wrong)"
smctl retry web >/dev/null
check "a wrong password is refused for good" within 30 failed_with 4 "the login of tester in $logins was refused"
check "no password is in the journal or the status" not sh -c \
    'journalctl -o export -u service-managerd | grep -a -E "tester:|dGVzdGVy|secret"; smctl status --json | grep -E "dGVzdGVy|tester:wrong"'
log_in "$(auth tester:secret)"
check "smctl retry works once the login is corrected" smctl retry web --wait
check "the image of the private registry serves" within 30 answers 4 web:1

# Helpers for a cloud registry store what they got in their home.
cat >/usr/local/bin/docker-credential-test <<'HELPER'
#!/bin/sh
{ [ -d "$HOME" ] && echo token >"$HOME/kept"; } || exit 3
read -r registry
echo "$1 $registry" >>/run/asked
echo "{\"ServerURL\": \"$registry\", \"Username\": \"tester\", \"Secret\": \"secret\"}"
HELPER
chmod 755 /usr/local/bin/docker-credential-test
log_in "{\"credHelpers\": {\"$private\": \"test\"}}"
put "$private/web:2" '"pull": "always", '
check "a registry's credential helper is asked" within 60 answers 5 web:2
check "for that registry" grep -qx "get $private" /run/asked
rm /run/asked
log_in '{"credsStore": "test"}'
put "$private/web:3" '"pull": "always", '
check "the store of all credentials is asked" within 60 answers 6 web:3
check "for the registry, too" grep -qx "get $private" /run/asked

check "the images of five revisions are kept" within 20 keeps 5
check "the oldest revision's image is gone" within 20 not has_image "$free/large:1"
check "what we didn't pull is here still" has_image web:2

docker rmi "service-manager/web:$(revision 2)" >/dev/null
docker rmi "$pinned" >/dev/null 2>&1
check "a kept image is removed by hand" not has_image "$pinned"
systemctl stop docker-registry
smctl rollback web "$(revision 2)" >/dev/null
check "the one that was removed is missed" within 20 sh -c "smctl status web | grep -F 'was removed from this host'"
systemctl start docker-registry
check "and had from the registry by its digest" within 60 answers 2 web:3
check "it is the very same" has_image "$pinned"
check "back to the newest" smctl resume web --wait

put 127.0.0.1:5999/web:1 '"pull_deadline": "15s", '
check "a registry that is away is tried until pull_deadline" within 60 failed_with 7 "(pull_deadline)"
check "and the reason is told" failed_with 7 "connection refused"
put "$free/web:none" '"pull": "never", '
check "an image that must not be pulled fails at once" within 20 failed_with 8 '"pull" is "never"'
put "$free/none:1"
check "an image that doesn't exist fails at once" within 20 failed_with 9 "$free/none:1"
check "the service says that its newest revision failed" is_state web degraded
check "what runs was never touched" serves "$address" web:3
check "and is the revision that it was" is_number "$(current_of web)" "$(revision 6)"

kill "$load"
wait "$load" 2>/dev/null
check "no request failed in all of this" no_failed_request /run/load.json 1000

# A digest, with a tag and alone.
digest_of() { # TAG
    curl -sI -H 'Accept: application/vnd.docker.distribution.manifest.v2+json' "http://$free/v2/web/manifests/$1" |
        tr -d '\r' | awk 'tolower($1) == "docker-content-digest:" {print $2}'
}
put_exact() { define exact "$1" '"address": "172.17.0.1:7002", '; } # IMAGE
two=$(digest_of 2)
three=$(digest_of 3)
put_exact "$free/web:2@$two"
check "an image with tag and digest is pulled and run" within 90 settled_at exact 1
check "it is that one" serves 172.17.0.1:7002 web:2
put_exact "$free/web:2@$three"
check "the digest counts, and not the tag" within 90 serves 172.17.0.1:7002 web:3
put_exact "$free/web@$two"
check "a digest alone does" within 90 settled_at exact 3
check "it is what it names" serves 172.17.0.1:7002 web:2
systemctl stop docker-registry
check "a restart of the containers needs no registry" smctl restart exact --wait
check "it is still that image" serves 172.17.0.1:7002 web:2
echo "{\"image\": \"web@sha256:$(tr a-f A-F <<<"${two#sha256:}")\", \"port\": 80}" >/run/upper.json
smctl validate /run/upper.json >/run/upper.txt 2>&1
check "a digest in upper case, which Docker refuses, is refused when it is read" is_number $? 6
rm /etc/service-managerd/services/exact.json

rm /etc/service-managerd/services/web.json
check "with its document gone, the service goes" within 60 has_containers web 0
check "and its images" within 30 keeps 0
finish
