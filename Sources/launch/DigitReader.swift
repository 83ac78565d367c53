/// Reads the fields of a time from left to right.
struct DigitReader {
    let bytes: Bytes
    private var index = 0

    init(bytes: Bytes) {
        self.bytes = bytes
    }

    var isAtEnd: Bool { index == bytes.count }

    /// Exactly `digits` decimal digits, or all that follow (at most 12).
    mutating func number(digits: Int? = nil) -> Int64? {
        let limit = digits ?? 12
        let start = index
        var number: Int64 = 0
        while index < bytes.count, index - start < limit {
            guard bytes[index] >= UInt8(ascii: "0"), bytes[index] <= UInt8(ascii: "9") else { break }
            number = number * 10 + Int64(bytes[index] - UInt8(ascii: "0"))
            index += 1
        }
        guard index > start, digits == nil || index - start == limit else { return nil }
        return number
    }

    /// Skips one character; false when it is another.
    mutating func skip(_ character: StaticString) -> Bool {
        guard index < bytes.count, bytes[index] == character.utf8Start.pointee else { return false }
        index += 1
        return true
    }

    /// A decimal point with one to nine digits, as nanoseconds; 0 when there is no point, nil when no digit follows it.
    mutating func nanoseconds() -> Int64? {
        guard skip(".") else { return 0 }
        let start = index
        guard var number = number(), index - start <= 9 else { return nil }
        for _ in (index - start)..<9 { number *= 10 }
        return number
    }

    /// `Z`, `+02:00` or `-08:00` in seconds east of UTC.
    mutating func offset() -> Int64? {
        if skip("Z") { return 0 }
        let isEast = skip("+")
        guard isEast || skip("-") else { return nil }
        guard let hours = number(digits: 2), skip(":"), let minutes = number(digits: 2) else { return nil }
        return (isEast ? 1 : -1) * (hours * 3600 + minutes * 60)
    }
}
