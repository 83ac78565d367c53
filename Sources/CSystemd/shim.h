#pragma once
#include <systemd/sd-bus.h>
#include <systemd/sd-daemon.h>
#include <systemd/sd-journal.h>
// pidfd_open, which Swift's own module of glibc leaves out.
#include <sys/pidfd.h>
