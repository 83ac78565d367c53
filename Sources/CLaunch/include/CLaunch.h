#pragma once

#include <poll.h>
#include <stddef.h>
#include <stdint.h>

// The system calls that `launch` makes. Embedded Swift has neither the Glibc module nor `CommandLine`, and `errno`
// is a macro. Every function that can fail returns a negative errno.

/// The number of command line arguments, including the program's name.
int32_t launch_argument_count(void);

/// The argument at `index`, which must be less than launch_argument_count().
const char *launch_argument(int32_t index);

/// The variable's value, or NULL.
const char *launch_environment(const char *name);

int32_t launch_process_id(void);

/// Milliseconds of CLOCK_MONOTONIC.
int64_t launch_now(void);

/// The local time of day as `2026-01-31 13:59:59 CET`; returns its length, 0 when it doesn't fit.
size_t launch_local_time(char *text, size_t capacity);

/// The sentence for an errno (strerror).
const char *launch_error_text(int32_t number);

/// Ignores SIGPIPE and SIGHUP, and blocks SIGTERM and SIGINT, which make the returned signalfd(2) readable.
int32_t launch_open_signals(void);

/// Takes the signals from the signalfd; returns their number.
int32_t launch_take_signals(int32_t descriptor);

/// A stream socket connected to the unix socket at `path`, close-on-exec and non-blocking.
int32_t launch_connect(const char *path, size_t length);

/// A datagram socket connected to the unix socket at `path`, close-on-exec and non-blocking.
int32_t launch_connect_datagrams(const char *path, size_t length);

/// How many bytes of memory are taken by datagrams that the other side hasn't received (unix(7), SIOCOUTQ).
int32_t launch_pending(int32_t descriptor);

/// Whether the descriptor is the file with this device and inode: `DEVICE:INODE` in decimal.
int32_t launch_is_stream(int32_t descriptor, const char *device_and_inode);

/// read(2): 0 is the end, -EAGAIN is "nothing now". EINTR never comes back.
ptrdiff_t launch_read(int32_t descriptor, void *bytes, size_t capacity);

/// send(2) without blocking and without SIGPIPE.
ptrdiff_t launch_send(int32_t descriptor, const void *bytes, size_t count);

/// Writes to the standard output or error without blocking, whatever it is; -EAGAIN when it accepts nothing now. The
/// descriptor's flags aren't changed, because other processes may share it.
ptrdiff_t launch_write(int32_t descriptor, const void *bytes, size_t count);

/// Sends one datagram to the unix socket at `path`; a leading '@' names an abstract one (sd_notify(3)).
int32_t launch_notify(const char *path, size_t length, const void *message, size_t count);

void launch_close(int32_t descriptor);

void launch_exit(int32_t status) __attribute__((noreturn));
