#define _GNU_SOURCE
#include "CLaunch.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/sockios.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/random.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <time.h>
#include <unistd.h>

static int argument_count;
static char **argument_values;

// The GNU C library calls constructors with main's arguments. The build system names the Swift entry point `main`
// through the linker, so a `main` of this file's own would never run.
__attribute__((constructor)) static void keep_arguments(int count, char **values) {
    argument_count = count;
    argument_values = values;
}

// Swift's hashing needs this function. glibc has it only since 2.36, but 2.34 is supported.
void arc4random_buf(void *bytes, size_t count) {
    unsigned char *next = bytes;
    while (count > 0) {
        ssize_t got = getrandom(next, count, 0);
        if (got < 0 && errno == EINTR) continue;
        // Without randomness, hashing is only more predictable.
        if (got < 0) return;
        next += got;
        count -= (size_t)got;
    }
}

int32_t launch_argument_count(void) { return argument_count; }

const char *launch_argument(int32_t index) { return argument_values[index]; }

const char *launch_environment(const char *name) { return getenv(name); }

int32_t launch_process_id(void) { return getpid(); }

int64_t launch_now(void) {
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

size_t launch_local_time(char *text, size_t capacity) {
    time_t now = time(NULL);
    struct tm fields;
    if (localtime_r(&now, &fields) == NULL) return 0;
    return strftime(text, capacity, "%Y-%m-%d %H:%M:%S %Z", &fields);
}

const char *launch_error_text(int32_t number) { return strerror(number); }

int32_t launch_open_signals(void) {
    signal(SIGPIPE, SIG_IGN);
    signal(SIGHUP, SIG_IGN);
    sigset_t set;
    sigemptyset(&set);
    sigaddset(&set, SIGTERM);
    sigaddset(&set, SIGINT);
    if (sigprocmask(SIG_BLOCK, &set, NULL) < 0) return -errno;
    int descriptor = signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK);
    return descriptor < 0 ? -errno : descriptor;
}

int32_t launch_take_signals(int32_t descriptor) {
    struct signalfd_siginfo signals[4];
    ptrdiff_t count = launch_read(descriptor, signals, sizeof signals);
    return count < 0 ? (int32_t)count : (int32_t)(count / sizeof signals[0]);
}

/// Fills in the address of the unix socket at `path`; returns its size, or 0 when the path is empty or too long.
static socklen_t unix_address(struct sockaddr_un *address, const char *path, size_t length) {
    memset(address, 0, sizeof *address);
    address->sun_family = AF_UNIX;
    if (length == 0 || length >= sizeof address->sun_path) return 0;
    memcpy(address->sun_path, path, length);
    socklen_t size = offsetof(struct sockaddr_un, sun_path) + length;
    if (path[0] != '@') return size + 1;
    address->sun_path[0] = 0;
    return size;
}

static int32_t connect_to(const char *path, size_t length, int type) {
    struct sockaddr_un address;
    socklen_t size = unix_address(&address, path, length);
    if (size == 0) return -ENAMETOOLONG;
    int descriptor = socket(AF_UNIX, type | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    if (descriptor < 0) return -errno;
    if (connect(descriptor, (struct sockaddr *)&address, size) == 0) return descriptor;
    int error = errno;
    close(descriptor);
    return -error;
}

int32_t launch_connect(const char *path, size_t length) { return connect_to(path, length, SOCK_STREAM); }

int32_t launch_connect_datagrams(const char *path, size_t length) { return connect_to(path, length, SOCK_DGRAM); }

int32_t launch_pending(int32_t descriptor) {
    int count = 0;
    return ioctl(descriptor, SIOCOUTQ, &count) < 0 ? -errno : count;
}

int32_t launch_is_stream(int32_t descriptor, const char *device_and_inode) {
    struct stat status;
    char text[64];
    if (fstat(descriptor, &status) < 0) return 0;
    snprintf(text, sizeof text, "%llu:%llu", (unsigned long long)status.st_dev, (unsigned long long)status.st_ino);
    return strcmp(text, device_and_inode) == 0;
}

ptrdiff_t launch_read(int32_t descriptor, void *bytes, size_t capacity) {
    ptrdiff_t count;
    do count = read(descriptor, bytes, capacity);
    while (count < 0 && errno == EINTR);
    return count < 0 ? -errno : count;
}

ptrdiff_t launch_send(int32_t descriptor, const void *bytes, size_t count) {
    ptrdiff_t sent;
    do sent = send(descriptor, bytes, count, MSG_DONTWAIT | MSG_NOSIGNAL);
    while (sent < 0 && errno == EINTR);
    return sent < 0 ? -errno : sent;
}

ptrdiff_t launch_write(int32_t descriptor, const void *bytes, size_t count) {
    ptrdiff_t written = launch_send(descriptor, bytes, count);
    if (written != -ENOTSOCK) return written;
    // A pipe that polls as writable takes PIPE_BUF bytes (4096 on Linux) without blocking; files and terminals don't wait.
    struct pollfd writable = {.fd = descriptor, .events = POLLOUT};
    if (poll(&writable, 1, 0) < 1) return -EAGAIN;
    do written = write(descriptor, bytes, count < 4096 ? count : 4096);
    while (written < 0 && errno == EINTR);
    return written < 0 ? -errno : written;
}

int32_t launch_notify(const char *path, size_t length, const void *message, size_t count) {
    struct sockaddr_un address;
    socklen_t size = unix_address(&address, path, length);
    if (size == 0) return -ENAMETOOLONG;
    int descriptor = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    if (descriptor < 0) return -errno;
    ptrdiff_t sent;
    do sent = sendto(descriptor, message, count, MSG_NOSIGNAL, (struct sockaddr *)&address, size);
    while (sent < 0 && errno == EINTR);
    int error = errno;
    close(descriptor);
    return sent < 0 ? -error : 0;
}

void launch_close(int32_t descriptor) { close(descriptor); }

void launch_exit(int32_t status) { _exit(status); }
