# shellcheck shell=bash
# Shared by build-image and run: the kind of host, the place of its image, and how a host is booted. Each folder of hosts/ is a
# kind, and its host.sh has what is specific.

host_folder=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
cache_root=${SM_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/service-manager}
PATH=$PATH:/usr/sbin:/sbin

say() { echo "host: $*" >&2; }

# Takes the kind of host from `--on KIND` before the other arguments, else from HOST_KIND: choose_kind "$@"; shift "$host_shift"
choose_kind() {
    host_shift=0
    if [ "${1:-}" = --on ]; then
        HOST_KIND=${2:-}
        host_shift=$(($# < 2 ? $# : 2))
    fi
    # shellcheck disable=SC2034 # for the caller
    export HOST_KIND=${HOST_KIND-uml}
    if [ ! -f "$host_folder/hosts/$HOST_KIND/host.sh" ]; then
        say "there is no kind of host \"$HOST_KIND\"; --on takes one of: $(cd "$host_folder/hosts" && echo *)"
        exit 125
    fi
    # shellcheck source=hosts/uml/host.sh
    source "$host_folder/hosts/$HOST_KIND/host.sh"
}

# The folder of the image that the present recipe makes.
image_folder() {
    local hash
    hash=$(cd "$host_folder" && { find build-image image "hosts/$HOST_KIND" -type f -print0 | sort -z |
        xargs -0 sha256sum && image_key; } | sha256sum | cut -c1-12)
    echo "$cache_root/testhost-$HOST_KIND-$hash"
}

# Takes as many processors as the host has until this shell ends, preferably those that no other host uses. Sets host_processor to
# their numbers.
take_processors() {
    local processor all lock taken=()
    if [ -n "${HOST_CPU:-}" ]; then
        host_processor=$HOST_CPU
        return
    fi
    all=$(nproc --all)
    for ((processor = all - 1; processor >= 0 && ${#taken[@]} < host_processors; processor--)); do
        exec {lock}>"$cache_root/processor-$processor.lock"
        if flock --nonblock "$lock"; then taken+=("$processor"); else exec {lock}>&-; fi
    done
    for ((processor = $$; ${#taken[@]} < host_processors && ${#taken[@]} < all; processor++)); do
        [[ " ${taken[*]} " == *" $((processor % all)) "* ]] || taken+=("$((processor % all))")
    done
    host_processor=$(IFS=, && echo "${taken[*]}")
}

# Limits the processor time of hosts that are booted from now on: slow_down PERCENT NAME
# It uses a control group of that name, which only root may create; or busy loops on the same processor, each of which takes as
# much time as the host. The loops take it even if the host is idle, and slow down others on the machine.
slow_down() {
    local percent=$1 groups=/sys/fs/cgroup rival
    if [ -e "$groups/cpu/cpu.cfs_quota_us" ] && mkdir "$groups/cpu/$2" 2>/dev/null; then
        host_group=$groups/cpu/$2
        echo 10000 >"$host_group/cpu.cfs_period_us"
        echo $((percent * 100)) >"$host_group/cpu.cfs_quota_us"
    elif grep -qw cpu "$groups/cgroup.subtree_control" 2>/dev/null && mkdir "$groups/$2" 2>/dev/null; then
        host_group=$groups/$2
        echo "$((percent * 100)) 10000" >"$host_group/cpu.max"
    else
        for ((rival = 0; rival < (100 + percent / 2) / percent - 1; rival++)); do
            # In its own session, because the scheduler may divide the processor among sessions.
            setsid taskset --cpu-list "$host_processor" bash -c 'while :; do :; done' &
            host_rivals+=($!)
        done
    fi
}

# Ends what slow_down began, once the host has ended.
speed_up() {
    local turn
    [ ${#host_rivals[@]} = 0 ] || kill "${host_rivals[@]}" 2>/dev/null || true
    host_rivals=()
    [ -n "$host_group" ] || return 0
    # A group can be removed once its last process has ended, which takes a moment.
    for turn in {1..50}; do
        ! rmdir "$host_group" 2>/dev/null || break
        sleep 0.1
    done
    host_group=
}
host_group=
host_rivals=()

# Becomes a host: become WORK IMAGE [terminal]. It then calls the kind's host_boot.
become() {
    date +%s.%N >"$1/control/started"
    [ -z "$host_group" ] || echo "$BASHPID" >"$host_group/cgroup.procs"
    host_boot "$@"
}

# Boots a host with the kernel's console in WORK/console, and waits for its end, at most SECONDS: await WORK IMAGE SECONDS
# Sets host_ended to its exit status, or to "late".
await() {
    local work=$1 image=$2 limit=$3 timer first
    become "$work" "$image" </dev/null 3>>"$work/console" 2>&3 &
    host_process=$!
    sleep "$limit" &
    timer=$!
    # shellcheck disable=SC2034 # for the caller
    host_ended=0
    wait -n -p first "$host_process" "$timer" || host_ended=$?
    if [ "$first" = "$timer" ]; then
        host_ended=late
    else
        kill "$timer" 2>/dev/null || true
    fi
    switch_off
    speed_up
    { wait; } 2>/dev/null || true
}

# Ends what is left of the host: all its processes at once, because one whose kernel ended first would keep running.
switch_off() {
    [ -n "${host_process:-}" ] || return 0
    kill -KILL -- "-$host_process" 2>/dev/null || kill -KILL "$host_process" 2>/dev/null || true
    host_process=
}
