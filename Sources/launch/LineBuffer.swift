/// Splits the data of a stream socket into lines.
struct LineBuffer {
    /// The maximum length of a line; a status text is much shorter.
    static let limit = 16384

    private var bytes: Bytes = []
    private var start = 0

    /// Adds what was read; false when the unfinished line is longer than `limit`.
    mutating func append(_ input: UnsafeBufferPointer<UInt8>) -> Bool {
        bytes.append(contentsOf: input)
        return bytes.count - start <= Self.limit || bytes[start...].contains(UInt8(ascii: "\n"))
    }

    /// Takes the next complete line, without its line feed.
    mutating func next() -> Bytes? {
        for index in start..<bytes.count where bytes[index] == UInt8(ascii: "\n") {
            let line = Bytes(bytes[start..<index])
            start = index + 1
            return line
        }
        bytes.removeSubrange(..<start)
        start = 0
        return nil
    }

    mutating func removeAll() {
        bytes = []
        start = 0
    }
}
