// ENOENT, EAGAIN and ECONNREFUSED of Linux's errno.h, negative, as CLaunch returns them. (The macros would bring the header
// into this module for three numbers that are part of the kernel's interface.)

let systemNoEntry = -2
let systemWouldBlock = -11
let systemConnectionRefused = -111
