#pragma once
#include <systemd/sd-bus.h>
#include <systemd/sd-daemon.h>
#include <systemd/sd-journal.h>
#include <signal.h>
#include <sys/syscall.h>
#include <unistd.h>

// pidfd_open(2) and pidfd_send_signal(2). glibc has them only since 2.36, but 2.34 is supported.
static inline int csystemd_pidfd_open(pid_t process, unsigned int flags) {
    return (int)syscall(SYS_pidfd_open, process, flags);
}

static inline int csystemd_pidfd_send_signal(int process, int number, siginfo_t *information, unsigned int flags) {
    return (int)syscall(SYS_pidfd_send_signal, process, number, information, flags);
}
