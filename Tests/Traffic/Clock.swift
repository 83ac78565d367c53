import Glibc

/// A point of the monotonic clock, in nanoseconds.
typealias Instant = UInt64

/// Now, by the monotonic clock.
func now() -> Instant {
    var time = timespec()
    clock_gettime(CLOCK_MONOTONIC, &time)
    return UInt64(time.tv_sec) * 1_000_000_000 + UInt64(time.tv_nsec)
}

/// Now, in seconds since 1970.
func wallClock() -> Double {
    var time = timespec()
    clock_gettime(CLOCK_REALTIME, &time)
    return Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
}

/// What an error number means.
func message(of code: Int32) -> String {
    String(cString: strerror(code))
}
