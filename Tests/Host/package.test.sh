#!/bin/bash
# In the test host: the Debian package is removed, installed over a predecessor, upgraded and purged.
. "$(dirname "$0")/lib/checks.sh"

is() { # EXPECTED COMMAND...
    local expected=$1 found
    shift
    found=$("$@" 2>&1)
    [ "$found" = "$expected" ] || { echo "expected '$expected', found '$found'"; return 1; }
}

called=/opt/service-manager/launch
ours=/usr/lib/service-manager/launch
main_process() { systemctl show -P MainPID service-managerd.service; }

check "a fresh install runs the daemon" systemctl is-active service-managerd.service
check "enables it" is enabled systemctl is-enabled service-managerd.service
check "enables the target" is enabled systemctl is-enabled service-manager.target
check "links launch" is "$ours" readlink "$called"
check "makes the group" getent group service-manager
check "loads IPVS" test -e /proc/net/ip_vs
check "sets the sysctls" is 1 sysctl -n net.ipv4.vs.conntrack
check "keeps the configuration to root" is 600 stat -c %a /etc/service-managerd/config.json

useradd --groups service-manager reader
useradd stranger
is_told() { # USER WORDS COMMAND...: it fails, and says so
    local user=$1 words=$2
    shift 2
    ! runuser -u "$user" -- "$@" >/tmp/told.out 2>&1 || { echo "expected a refusal"; return 1; }
    grep -q -- "$words" /tmp/told.out || { cat /tmp/told.out; return 1; }
}
check "a member of the group reads the status" runuser -u reader -- smctl status
check "and the metrics" sh -c "runuser -u reader -- curl -s --unix-socket /run/service-managerd/control.sock http://localhost/metrics | grep -q smd_docker_up"
systemctl restart service-managerd.service
check "also after a restart of the daemon" runuser -u reader -- smctl status
check "anybody else is told which group is needed" is_told stranger 'usermod -aG service-manager' smctl status
check "a change is root's, as anybody else is told" is_told stranger 'only root may: try again with sudo' smctl restart web
echo '{"image": "web:1", "port": 80, "address": "172.17.0.1:7001", "stop_timeout": "1s"}' >/etc/service-managerd/services/web.json
serves() { curl -sf -m "$(scaled 5)" http://172.17.0.1:7001/; }
check "a service runs" within 120 serves
check "a change is root's, as a member of the group is told" is_told reader 'only root may' smctl restart web
check "launch's socket is root's alone" is 600 stat -c %a /run/service-managerd/launch.sock
rm /etc/service-managerd/services/web.json
has_no_container() { [ -z "$(docker ps -aq --filter label=service-manager.service)" ]; }
check "it is gone" within 120 has_no_container
settled() { ! smctl status | grep -q web; }
check "and forgotten" within 60 settled

# A file that an earlier package had under another name.
dpkg-deb --raw-extract /run/host/package.deb /tmp/before
generators=/usr/lib/systemd/system-generators
mv /tmp/before$generators/service-managerd-generator /tmp/before$generators/service-manager-generator
sed -i 's/service-managerd-generator/service-manager-generator/' /tmp/before/DEBIAN/md5sums
sed -i 's/^Version: .*/Version: 0.1/' /tmp/before/DEBIAN/control
dpkg-deb --root-owner-group -Znone --build /tmp/before /tmp/before.deb >/dev/null
check "a package of before can be installed" dpkg --force-downgrade --install /tmp/before.deb
check "and upgraded" dpkg --install /run/host/package.deb
check "the generator has a name of its own" test -x $generators/service-managerd-generator
check "and not the predecessor's any more" not test -e $generators/service-manager-generator

check "it can be removed" dpkg --remove service-manager
check "the daemon is stopped then" not systemctl is-active service-managerd.service
check "the link is gone" not test -e "$called"

mkdir -p "${called%/*}"
printf '#!/bin/bash\necho predecessor\n' >"$called"
chmod 755 "$called"
check "it installs over a predecessor" dpkg --install /run/host/package.deb
check "takes its place" is "$ours" readlink "$called"
check "keeps its launch" is predecessor "$called.predecessor"
check "runs the daemon again" systemctl is-active service-managerd.service

before=$(main_process)
echo '{"one": "service"}' >/etc/service-managerd/services/mine.json
dpkg-deb --raw-extract /run/host/package.deb /tmp/next
sed -i 's/^Version: .*/Version: 99/' /tmp/next/DEBIAN/control
dpkg-deb --root-owner-group -Znone --build /tmp/next /tmp/next.deb >/dev/null
check "it can be upgraded" dpkg --install /tmp/next.deb
check "the daemon is a new process then" not is "$before" main_process
check "and runs" systemctl is-active service-managerd.service
check "the predecessor's launch is still kept" is predecessor "$called.predecessor"

systemctl --quiet disable service-managerd.service
check "a further upgrade" dpkg --install /tmp/next.deb
check "leaves it disabled" is disabled systemctl is-enabled service-managerd.service

mkdir -p /var/lib/service-managerd
touch /var/lib/service-managerd/state
systemctl start service-managerd.service
echo '{"image": "web:1", "port": 80, "address": "172.17.0.1:7001", "stop_timeout": "1s"}' >/etc/service-managerd/services/web.json
check "a service runs again" within 120 serves
check "it can be purged" sh -c 'dpkg --purge service-manager >/tmp/purge.txt 2>&1'
check "what runs on is said" grep -q 'these services run on: web$' /tmp/purge.txt
check "and how to stop it in good order" grep -q '^ *systemctl stop web@manager$' /tmp/purge.txt
check "and it does" serves
sed -n 's/^    \(docker rm .*\)/\1/p; s/^    \(systemctl stop .*@\*.*\)/\1/p' /tmp/purge.txt | head -2 >/tmp/end.sh
check "what was said to end it" grep -q 'docker rm' /tmp/end.sh
check "can be done" sh -e /tmp/end.sh
check "no container is left then" has_no_container
check "nor a unit" is 0 bash -c "systemctl list-units --no-legend 'web@*' | wc -l"
rm /etc/service-managerd/services/web.json
check "the state is gone" not test -e /var/lib/service-managerd
check "the configuration is gone" not test -e /etc/service-managerd/config.json
check "the definitions stay" test -e /etc/service-managerd/services/mine.json
check "the predecessor is back in its place" is predecessor "$called"
check "no unit has failed" no_unit_has_failed
finish
