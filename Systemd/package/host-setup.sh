# shellcheck shell=sh
# What a host is given besides files, however they come onto it. Put into the package's scripts and the archive's.

ours=/usr/lib/service-manager/launch
called=/opt/service-manager/launch

make_group() { getent group service-manager >/dev/null || groupadd --system service-manager; }

# Units call `launch` where the predecessor had it. What lies there is kept, and comes back when we are removed; the
# link takes its place in one step, so that no unit starting just now finds nothing.
link_launch() {
    [ "$(readlink "$called" 2>/dev/null)" != "$ours" ] || return 0
    mkdir -p "${called%/*}"
    if [ -e "$called" ] || [ -L "$called" ]; then
        kept=$called.predecessor
        [ ! -e "$kept" ] || kept=$called.predecessor.$(date +%s)
        cp -a "$called" "$kept"
        echo "service-manager: $called was another one's; it is kept as $kept"
    fi
    ln -sf "$ours" "$called.new"
    mv -T "$called.new" "$called"
}

unlink_launch() {
    [ "$(readlink "$called" 2>/dev/null)" = "$ours" ] || return 0
    rm -f "$called"
    [ ! -e "$called.predecessor" ] || mv -T "$called.predecessor" "$called"
    rmdir "${called%/*}" 2>/dev/null || true
}

# The kernel's modules and settings, and the folder of the sockets.
prepare_kernel() {
    if command -v modprobe >/dev/null; then
        grep -v -e '^[#;]' -e '^ *$' /usr/lib/modules-load.d/service-manager.conf | while read -r module; do
            modprobe -q "$module" || echo "service-manager: the kernel module $module could not be loaded"
        done
    fi
    # Some distributions have them in /lib only.
    for folder in /usr/lib/systemd /lib/systemd; do
        [ ! -x "$folder/systemd-sysctl" ] || { "$folder/systemd-sysctl" 50-service-manager.conf || true; break; }
    done
    systemd-tmpfiles --create /usr/lib/tmpfiles.d/service-manager.conf || true
}

# The services of which something runs, as the daemon says; where it doesn't, as their containers say. A Docker that is stopped stays stopped.
running_services() {
    if systemctl is-active --quiet service-managerd.service; then
        timeout 10 smctl status 2>/dev/null | awk '
            /^SERVICE / { isTable = 1; next }
            !NF { isTable = 0 }
            isTable && $2 != "stopped" && $2 != "waiting" && $2 != "failed" { print $1 }'
    elif systemctl is-active --quiet docker.service; then
        docker ps --filter label=service-manager.service --format '{{.Label "service-manager.service"}}' 2>/dev/null | sort -u
    fi
}
