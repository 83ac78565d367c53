# shellcheck shell=sh
# Sets up a host, besides its files. This is inserted into the scripts of the package and of the archive.

ours=/usr/lib/service-manager/launch
called=/opt/service-manager/launch

make_group() { getent group service-manager >/dev/null || groupadd --system service-manager; }

# Units call `launch` at the predecessor's path. The predecessor's program is kept, and restored when we are removed. The link
# replaces it atomically, so that a unit that is just starting always finds a program.
link_launch() {
    [ "$(readlink "$called" 2>/dev/null)" != "$ours" ] || return 0
    mkdir -p "${called%/*}"
    if [ -e "$called" ] || [ -L "$called" ]; then
        kept=$called.predecessor
        [ ! -e "$kept" ] || kept=$called.predecessor.$(date +%s)
        cp -a "$called" "$kept"
        echo "service-manager: $called belonged to another program; it is kept as $kept"
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

# Kernel modules, kernel settings, and the folder of the sockets.
prepare_kernel() {
    if command -v modprobe >/dev/null; then
        grep -v -e '^[#;]' -e '^ *$' /usr/lib/modules-load.d/service-manager.conf | while read -r module; do
            modprobe -q "$module" || echo "service-manager: the kernel module $module could not be loaded"
        done
    fi
    # Some distributions have them only in /lib.
    for folder in /usr/lib/systemd /lib/systemd; do
        [ ! -x "$folder/systemd-sysctl" ] || { "$folder/systemd-sysctl" 50-service-manager.conf || true; break; }
    done
    systemd-tmpfiles --create /usr/lib/tmpfiles.d/service-manager.conf || true
}

# The services with running containers, as the daemon says, or if it doesn't answer, as the containers' labels say. A stopped
# Docker stays stopped.
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
