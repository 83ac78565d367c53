#!/bin/bash
# In the test host, without the package: the archive for hosts without dpkg is installed, replaced and removed.
. "$(dirname "$0")/lib/checks.sh"

mkdir -p /srv/archive
tar --extract --gzip --directory=/srv/archive --strip-components=1 --file=/run/host/archive.tar.gz
cd /srv/archive || exit

says() { grep -q "$1" /tmp/said; } # as grep
refuses() { # the program and what it says
    ! "${@:2}" >/tmp/said 2>&1 && says "$1"
}
mkdir -p /opt/service-manager
echo predecessor >/opt/service-manager/launch

# shellcheck disable=SC2016 # The fake program's.
mkdir /root/old && printf '#!/bin/sh\necho "systemd 245 (245.4)"\n' >/root/old/systemctl && chmod +x /root/old/systemctl
check "a systemd that is too old is told so" refuses 'systemd 245 was found, expected 247' env PATH="/root/old:$PATH" ./install
check "a person who isn't root is told so" refuses 'needs root' setpriv --reuid=65534 --clear-groups ./install
check "it installs" sh -c './install >/tmp/said 2>&1 || { cat /tmp/said; exit 1; }'
check "and says what to do next" says 'smctl doctor --preflight'
check "what was in launch's place is kept" grep -q predecessor /opt/service-manager/launch.predecessor
check "the daemon runs" systemctl is-active service-managerd
check "and starts at boot" systemctl is-enabled service-managerd
check "the host is well" smctl doctor --preflight
define web web:1 '"address": "172.17.0.1:7001", '
check "a service serves" within 90 settled_at web 1
check "clients reach it" serves 172.17.0.1:7001 web:1
pid=$(systemctl show -P MainPID service-managerd)
echo '{"couchdb_url": null}' >/etc/service-managerd/config.json
sha256sum /etc/service-managerd/config.json >/tmp/sum
"$traffic" --target 172.17.0.1:7001 --rate "$(rate 60)" --keepalive 5 --short 16 --json /run/load.json >/run/load.txt 2>&1 &
load=$!
check "it installs over itself" ./install
check "the daemon is another process then" [ "$(systemctl show -P MainPID service-managerd)" != "$pid" ]
check "configuration that was there stays" sha256sum --status -c /tmp/sum
kill -TERM "$load"
wait "$load"
check "no request failed meanwhile" no_failed_request /run/load.json 100
check "the service is the same" within 30 settled_at web 1
check "it can be removed" sh -c './uninstall >/tmp/said'
check "what runs on is said" says 'these services run on: web'
check "clients reach it still" serves 172.17.0.1:7001 web:1
check "no program is left" sh -c '! command -v smctl && [ ! -e /usr/lib/service-manager ]'
check "nor a unit" not systemctl cat service-managerd
check "launch is the predecessor's again" grep -q predecessor /opt/service-manager/launch
check "it can be installed again" ./install
check "and adopts what runs" within 30 settled_at web 1
check "a stop of the manager ends it in good order" systemctl stop web@manager
check "no container is left" has_containers web 0
check "all of it can go" ./uninstall --purge
check "state and configuration are gone" sh -c '[ ! -e /var/lib/service-managerd ] && [ ! -e /etc/service-managerd/config.json ]'
check "the definitions stay" test -e /etc/service-managerd/services/web.json
finish
