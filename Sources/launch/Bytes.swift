/// Text as bytes, because `String` needs the Unicode tables, which are larger than this whole program.
typealias Bytes = [UInt8]

extension Array where Element == UInt8 {
    init(_ text: StaticString) {
        self.init(UnsafeBufferPointer(start: text.utf8Start, count: text.utf8CodeUnitCount))
    }

    /// Copies a C string.
    init(cString: UnsafePointer<CChar>) {
        self = []
        var next = cString
        while next.pointee != 0 {
            append(UInt8(bitPattern: next.pointee))
            next += 1
        }
    }

    static func += (bytes: inout [UInt8], text: StaticString) {
        bytes.append(contentsOf: UnsafeBufferPointer(start: text.utf8Start, count: text.utf8CodeUnitCount))
    }

    /// Appends `number` in decimal, with leading zeros up to `width` digits.
    mutating func append(decimal number: Int64, width: Int = 1) {
        var digits: [UInt8] = []
        var rest = number.magnitude
        while rest > 0 || digits.count < width {
            digits.append(UInt8(ascii: "0") + UInt8(rest % 10))
            rest /= 10
        }
        if number < 0 { append(UInt8(ascii: "-")) }
        append(contentsOf: digits.reversed())
    }

    /// The bytes as an unsigned decimal number; nil for anything else, and for more than 18 digits.
    var decimal: Int64? {
        guard !isEmpty, count <= 18 else { return nil }
        var number: Int64 = 0
        for byte in self {
            guard byte >= UInt8(ascii: "0"), byte <= UInt8(ascii: "9") else { return nil }
            number = number * 10 + Int64(byte - UInt8(ascii: "0"))
        }
        return number
    }

    /// Whether the bytes are equal to `text`.
    func equals(_ text: StaticString) -> Bool {
        count == text.utf8CodeUnitCount && starts(with: text)
    }

    func starts(with text: StaticString) -> Bool {
        guard count >= text.utf8CodeUnitCount else { return false }
        for index in 0..<text.utf8CodeUnitCount where self[index] != text.utf8Start[index] { return false }
        return true
    }

    /// Whether the bytes contain `text`, outside of an escaped JSON string.
    func containsUnescaped(_ text: StaticString) -> Bool {
        let length = text.utf8CodeUnitCount
        guard count >= length else { return false }
        for start in 0...(count - length) {
            var matching = 0
            while matching < length, self[start + matching] == text.utf8Start[matching] { matching += 1 }
            if matching == length, start == 0 || self[start - 1] != UInt8(ascii: "\\") { return true }
        }
        return false
    }

    /// Whether the bytes contain a blank or a control character, which a field of the line protocol can't contain.
    var hasBlankOrControl: Bool {
        for byte in self where byte <= UInt8(ascii: " ") || byte == 0x7f { return true }
        return false
    }

    /// The bytes as a C string, for the duration of the call.
    func withCString<Result>(_ body: (UnsafePointer<CChar>) -> Result) -> Result {
        let terminated = self + [0]
        return terminated.withUnsafeBytes { buffer in
            body(UnsafePointer(buffer.baseAddress.unsafelyUnwrapped.assumingMemoryBound(to: CChar.self)))
        }
    }
}
