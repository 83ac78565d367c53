import Glibc

/// The C library's text for an error number.
func errorText(_ number: Int32) -> String {
    // Thread-safe since glibc 2.32, for known numbers always.
    guard let text = strerror(number) else { return "error \(number)" }
    return "\(String(cString: text)) (\(number))"
}

/// A file descriptor that is closed when its owner is done with it.
struct OwnedDescriptor: ~Copyable {
    let number: Int32

    /// Takes over a descriptor; nil if the call that should have made it failed.
    init?(_ number: Int32) {
        guard number >= 0 else { return nil }
        self.number = number
    }

    /// Hands the descriptor over to someone who closes it.
    consuming func release() -> Int32 {
        let number = number
        discard self
        return number
    }

    deinit { close(number) }
}

/// Repeats a system call that a signal interrupted.
func retrying(_ call: () -> Int) -> Int {
    while true {
        let result = call()
        if result >= 0 || errno != EINTR { return result }
    }
}
