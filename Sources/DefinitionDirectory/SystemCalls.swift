import Glibc

/// The C library's text for an error number.
func errorText(_ number: Int32) -> String {
    // It is thread-safe since glibc 2.32; for known numbers it always was.
    guard let text = strerror(number) else { return "error \(number)" }
    return "\(String(cString: text)) (\(number))"
}

/// A file descriptor that is closed with its owner.
struct OwnedDescriptor: ~Copyable {
    let number: Int32

    /// Takes over a descriptor; nil if the call that returned it failed.
    init?(_ number: Int32) {
        guard number >= 0 else { return nil }
        self.number = number
    }

    /// Gives up the descriptor, which the caller closes.
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
