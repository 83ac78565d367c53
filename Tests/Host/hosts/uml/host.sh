# shellcheck shell=bash
# shellcheck disable=SC2034,SC2154 # what common.sh, run and build-image share
# The test host "uml": Debian 12 on a kernel of User-Mode Linux, which is an ordinary process. Sourced by common.sh.

host_programs="linux.uml:user-mode-linux uml_moo:uml-utilities"
host_suite=bookworm
host_files=base.img
host_disk_size=6G
# One processor and no more: the kernel's hand-overs between processors make it three times slower.
host_processors=1
host_memory=${HOST_MEMORY:-2048M}
# HOST_TIMEOUT counts so many times.
host_patience=1

# Part of the image's name, besides the recipe.
image_key() { :; }

# Sets host_hooks to arguments of mmdebstrap that write its system into the image.
install_hooks() { # IMAGE
    # shellcheck disable=SC2034 # for build-image
    host_hooks=(--customize-hook="$host_folder/image/write \"\$1\" '$1/base.img' ^has_journal,^metadata_csum")
}

# Boots the new image, whose control folder names the script that makes the container images, and keeps what that has written.
seed() { # IMAGE
    await "$1" "$1" 600
    [ "$(cat "$1/control/exit" 2>/dev/null)" = 0 ] || return 1
    uml_moo -d -b "$1/base.img" "$1/disk.cow" >&2
    rm -rf "$1/disk.cow" "${1:?}/${1##*/}"
}

# Whether all is there that a host begins with.
is_complete() { [ -f "$1/base.img" ]; } # IMAGE
complete() { :; }                       # IMAGE

# Becomes a host: host_boot WORK IMAGE [terminal]. For a subshell in the background; its process is the kernel then, and the
# leader of a session with all the host's processes.
# WORK/control is what the host's agent reads and writes. The script's output comes on standard output, the kernel's console on
# descriptor 3; with "terminal" both are where the caller is.
host_boot() {
    local work=$1 image=$2 console=con0=null,fd:3
    [ "${3:-}" != terminal ] || console=con0=fd:0,fd:1
    # Memory is a file under TMPDIR: without a memory file system the host would wait for the disk.
    export TMPDIR=/dev/shm
    exec taskset --cpu-list "$host_processor" linux.uml \
        mem="$host_memory" umid="${work##*/}" uml_dir="$work/" \
        ubd0="$work/disk.cow,$image/base.img" root=/dev/ubda rw quiet lsm=capability \
        con=null ssl=null ssl0=null,fd:1 "$console" host.control="$work/control"
}
