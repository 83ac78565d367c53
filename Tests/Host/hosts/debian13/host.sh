# shellcheck shell=bash
# shellcheck disable=SC2034,SC2154 # what common.sh, run and build-image share
# The test host "debian13": Debian 13 with its stock kernel in QEMU. Sourced by common.sh.
#
# Without KVM everything is emulated, and a boot takes minutes. So its state is saved once Docker is ready, and each run goes
# on from there. A saved state fits the same devices, processors and memory only, so there is one for each such set.
#
#   HOST_SMP=1              processors
#   HOST_ACCELERATOR=tcg    or kvm; otherwise KVM where a short boot with it comes to its end
#   HOST_COLD=1             boot, instead of going on from the saved state

host_programs="qemu-system-x86_64:qemu-system-x86 qemu-img:qemu-utils zstd:zstd"
host_suite=trixie
host_files="base.img vmlinuz initrd.img"
host_disk_size=8G
host_processors=${HOST_SMP:-1}
host_memory=${HOST_MEMORY:-2560M}
# HOST_TIMEOUT counts so many times.
host_patience=4

# Part of the image's name, besides the recipe: a state is for the QEMU that has saved it.
image_key() { qemu-system-x86_64 --version | head -1; }

# Sets host_hooks to arguments of mmdebstrap that write its system into the image, and what that boots with.
install_hooks() { # IMAGE
    # The initrd has what finds the disk and nothing else: an emulated processor takes 20 s to unpack the rest.
    # shellcheck disable=SC2016,SC2034 # mmdebstrap's shell expands it; for build-image
    host_hooks=(
        --essential-hook='mkdir -p "$1/etc/initramfs-tools/conf.d" "$1/usr/share/initramfs-tools/modules.d"
            printf "MODULES=list\nCOMPRESS=zstd\nCOMPRESSLEVEL=3\n" >"$1/etc/initramfs-tools/conf.d/host"
            printf "virtio_pci\nvirtio_blk\next4\ncrc32c_generic\n" >"$1/usr/share/initramfs-tools/modules.d/host"'
        --customize-hook="cp \"\$1\"/boot/vmlinuz-* '$1/vmlinuz'; cp \"\$1\"/boot/initrd.img-* '$1/initrd.img'"
        # With a journal: the disk of a saved state is one of a host that runs.
        --customize-hook="$host_folder/image/write \"\$1\" '$1/base.img' ^metadata_csum"
    )
}

# Boots the new image, whose control folder names the script that makes the container images, and saves the state after that.
seed() { # IMAGE
    choose_accelerator "$1"
    touch "$1/control/stand-by"
    host_begin=seed await "$1" "$1" 1800
    is_saved "$1/$(state_name)" || return 1
    fallocate --dig-holes "$1/base.img" || true
    rm -rf "$1/console" "$1/empty" "$1/monitor".* "$1/go".*
}

# Whether all is there that a host begins with: the image, and the state for these processors and this memory.
is_complete() { # IMAGE
    [ -f "$1/base.img" ] || return 1
    choose_accelerator "$1"
    is_saved "$1/$(state_name)"
}

# Makes the state that an image hasn't.
complete() { # IMAGE
    local image=$1 work
    rm -rf "$image"/saving-*
    choose_accelerator "$image"
    work=$(mktemp -d "$image/saving-XXXXXX")
    mkdir "$work/control"
    host_begin=save await "$work" "$image" 1200
    if ! [ -f "$work/state" ]; then
        tail -n 40 "$work/console" >&2
        rm -rf "$work"
        return 1
    fi
    mv "$work/disk.qcow2" "$image/$(state_name).qcow2"
    qemu-img rebase -u -b base.img -F raw "$image/$(state_name).qcow2"
    mv "$work/state" "$image/$(state_name).state"
    rm -rf "$work"
}

state_name() { echo "ready-$accelerator-$host_processors-$host_memory"; }
is_saved() { [ -f "$1.state" ] && [ -f "$1.qcow2" ]; }

# Sets accelerator to kvm or tcg. /dev/kvm may be there and broken: what counts is a kernel that runs until it has no disk.
choose_accelerator() { # IMAGE
    local known=$cache_root/accelerator machine console
    accelerator=${HOST_ACCELERATOR:-}
    [ -z "$accelerator" ] || return 0
    machine="$(cat /proc/sys/kernel/random/boot_id) $(id -u)"
    if [ "$(tail -n 1 "$known" 2>/dev/null)" = "$machine" ]; then
        accelerator=$(head -n 1 "$known")
        return
    fi
    accelerator=tcg
    if [ -w /dev/kvm ]; then
        console=$(mktemp)
        # A shell of its own, as QEMU may be aborted, which the shell tells of.
        (timeout --kill-after=1 20 qemu-system-x86_64 -machine q35 -accel kvm -cpu host -m 512M -nodefaults -display none -no-reboot \
            -kernel "$1/vmlinuz" -append "console=ttyS0 panic=-1" -serial "file:$console" </dev/null || true) >/dev/null 2>&1
        ! grep -q 'Kernel panic.*root fs' "$console" || accelerator=kvm
        rm -f "$console"
    fi
    say "QEMU runs with $accelerator on this machine"
    printf '%s\n' "$accelerator" "$machine" >"$known"
}

# Becomes a host: host_boot WORK IMAGE [terminal]. For a subshell in the background; its process is QEMU then, and the leader of a
# session.
# WORK/control is what the host's agent reads and writes. The script's output comes on standard output; with "terminal" that is
# where the caller is. The kernel's console is in WORK/console.
# host_begin says what it begins with, "seed" and "save" are those of the image's build:
#   run    goes on from the saved state, with a disk of its own
#   seed   boots with the image itself as disk, and ends with the saved state
#   save   boots with a disk of its own, and ends with the saved state
host_boot() {
    local work=$1 image=$2 begin=${host_begin:-run} disk=$1/disk.qcow2 format=qcow2 saved append=host.control
    local process=$BASHPID processor=(-accel "kvm" -cpu host) incoming=() shares=() name folder
    choose_accelerator "$image"
    [ "$accelerator" = kvm ] || processor=(-accel "tcg,thread=multi,tb-size=1024" -cpu max)
    saved=$image/$(state_name)
    [ -z "${HOST_COLD:-}" ] || [ "$begin" != run ] || begin=cold
    case $begin in
        run)
            disk_over "$saved.qcow2" qcow2 "$disk"
            incoming=(-incoming "exec:zstdcat '$saved.state'")
            ;;
        seed)
            disk=$image/base.img
            format=raw
            ;;
        *)
            disk_over "$image/base.img" raw "$disk"
            [ "$begin" != save ] || append+=" host.stand-by"
            ;;
    esac
    mkfifo "$work/monitor.in" "$work/monitor.out" "$work/go.in" "$work/go.out"
    # The devices have to be the same in each run, so a folder that isn't needed is an empty one.
    mkdir -p "$work/empty" "$work/control"
    for name in control host tools; do
        folder=$work/control
        [ "$name" = control ] || folder=$(cat "$work/control/shares/$name" 2>/dev/null || echo "$work/empty")
        shares+=(-fsdev "local,id=$name,path=$folder,security_model=none$([ "$name" != tools ] || echo ,readonly=on)"
            -device "virtio-9p-pci,fsdev=$name,mount_tag=$name")
    done
    touch "$work/console"
    direct "$begin" "$work" "$saved" "$process" </dev/null >/dev/null &
    exec setsid taskset --cpu-list "$host_processor" qemu-system-x86_64 \
        -machine q35 "${processor[@]}" -smp "$host_processors" -m "$host_memory" \
        -display none -vga none -nodefaults -nic none \
        -kernel "$image/vmlinuz" -initrd "$image/initrd.img" \
        -append "root=/dev/vda rw console=ttyS0 quiet mitigations=off $append" \
        -drive "file=$disk,if=virtio,format=$format,cache=unsafe" -device virtio-rng-pci "${shares[@]}" \
        -chardev "file,id=console,path=$work/console,append=on" -serial chardev:console \
        -chardev "stdio,id=output,signal=off" -serial chardev:output \
        -chardev "pipe,id=go,path=$work/go" -serial chardev:go \
        -chardev "pipe,id=monitor,path=$work/monitor" -mon chardev=monitor,mode=readline \
        "${incoming[@]}"
}
disk_over() { qemu-img create -q -f qcow2 -b "$1" -F "$2" "$3"; } # BASE FORMAT DISK

# Beside a host that runs: says what it is told from outside. direct BEGIN WORK SAVED PROCESS
direct() {
    local begin=$1 work=$2 saved=$3 process=$4 reader
    exec 5<>"$work/monitor.in" 6<>"$work/go.in" 7<>"$work/go.out" 8<>"$work/monitor.out"
    cat <&8 >"$work/monitor.log" &
    reader=$!
    case $begin in
        run)
            # The host comes back as it was saved, paused, and takes no input before all of it is back.
            until grep -q 'VM status: paused[^ ]*$' "$work/monitor.log"; do
                kill -0 "$process" 2>/dev/null || break
                sleep 0.1
                echo "info status" >&5
            done
            echo cont >&5
            echo "go $(date +%s.%N)" >&6
            ;;
        seed | save)
            while kill -0 "$process" 2>/dev/null && ! grep -q 'host: ready' "$work/console"; do sleep 0.5; done
            sleep 1
            printf '%s\n' stop "migrate_set_parameter max-bandwidth 8G" "migrate \"exec:zstd -q -1 >'$work/state.part'\"" \
                "info migrate" >&5
            while kill -0 "$process" 2>/dev/null && ! grep -q 'Migration status: completed' "$work/monitor.log"; do
                sleep 0.5
                echo "info migrate" >&5
            done
            [ ! -f "$work/state.part" ] || mv "$work/state.part" "$work/state"
            if [ "$begin" = seed ]; then
                disk_over base.img raw "$saved.qcow2"
                mv "$work/state" "$saved.state"
            fi
            echo quit >&5
            ;;
    esac
    while kill -0 "$process" 2>/dev/null; do sleep 1; done
    kill "$reader" 2>/dev/null || true
}
