# shellcheck shell=bash
# What build-image and run share: where the image lies, and how a host is booted.

host_folder=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
cache_root=${SM_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/service-manager}
PATH=$PATH:/usr/sbin:/sbin

say() { echo "host: $*" >&2; }

# The folder of the image that the recipe, as it is now, makes.
image_folder() {
    local hash
    hash=$(cd "$host_folder" && find build-image image -type f -print0 | sort -z |
        xargs -0 sha256sum | sha256sum | cut -c1-12)
    echo "$cache_root/testhost-$hash"
}

# Takes a processor that no other host runs on, if there is one, until this shell ends. Prints its number.
# One processor and no more: the kernel's hand-overs between processors make it three times slower.
take_processor() {
    local processor processors
    if [ -n "${HOST_CPU:-}" ]; then
        processor=$HOST_CPU
    else
        processors=$(nproc --all)
        for ((processor = processors - 1; processor >= 0; processor--)); do
            exec {processor_lock}>"$cache_root/processor-$processor.lock"
            flock --nonblock "$processor_lock" && break
            exec {processor_lock}>&-
        done
        [ "$processor" -ge 0 ] || processor=$(($$ % processors))
    fi
    host_processor=$processor
}

# Leaves hosts that are booted from now on so much of their processor: slow_down PERCENT NAME
# By a control group of that name, which only root may make; or by busy loops on the same processor, each of which takes as
# much as the host. Those take it even if the host leaves it idle, and others on the machine feel them.
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
            # A session of its own: the scheduler may share the processor among sessions.
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
    # A group can be removed once its last process is gone, which takes a moment.
    for turn in {1..50}; do
        ! rmdir "$host_group" 2>/dev/null || break
        sleep 0.1
    done
    host_group=
}
host_group=
host_rivals=()

# Becomes a host: boot WORK BASE [kernel argument...]. For a subshell in the background; its process is the kernel
# then, and the leader of a session with all the host's processes.
# WORK/control is what the host's agent reads and writes; the script's output comes on standard output, the
# kernel's console where the arguments say.
boot() {
    local work=$1 base=$2
    shift 2
    date +%s.%N >"$work/control/started"
    # Memory is a file under TMPDIR: without a memory file system the host would wait for the disk.
    export TMPDIR=/dev/shm
    [ -z "$host_group" ] || echo "$BASHPID" >"$host_group/cgroup.procs"
    exec taskset --cpu-list "$host_processor" linux.uml \
        mem="${HOST_MEMORY:-2048M}" umid="${work##*/}" uml_dir="$work/" \
        ubd0="$work/disk.cow,$base" root=/dev/ubda rw quiet lsm=capability \
        con=null ssl=null ssl0=null,fd:1 "$@" host.control="$work/control"
}

# Boots a host with the kernel's console in WORK/console, and waits for its end, or SECONDS: await WORK BASE SECONDS
# Sets host_ended to how it ended: an exit status, or "late".
await() {
    local work=$1 base=$2 limit=$3 timer first
    boot "$work" "$base" con0=null,fd:3 </dev/null 3>"$work/console" 2>&3 &
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

# Ends what is left of the host. All its processes at once: one whose kernel went first would run on by itself.
switch_off() {
    [ -n "${host_process:-}" ] || return 0
    kill -KILL -- "-$host_process" 2>/dev/null || kill -KILL "$host_process" 2>/dev/null || true
    host_process=
}
