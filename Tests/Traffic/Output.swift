import Glibc

/// Writes all bytes to a descriptor; false when that fails.
@discardableResult
func put(_ bytes: [UInt8], to descriptor: Int32) -> Bool {
    var written = 0
    while written < bytes.count {
        let count = bytes.withUnsafeBytes {
            write(descriptor, $0.baseAddress?.advanced(by: written), $0.count - written)
        }
        if count < 0, errno == EINTR { continue }
        guard count > 0 else { return false }
        written += count
    }
    return true
}

/// Writes a line to a descriptor; false when that fails.
@discardableResult
func put(_ line: String, to descriptor: Int32) -> Bool {
    put(Array("\(line)\n".utf8), to: descriptor)
}

/// Ends the program with a complaint on standard error.
func end(_ status: Int32, _ complaint: String) -> Never {
    put("traffic: \(complaint)", to: STDERR_FILENO)
    exit(status)
}
