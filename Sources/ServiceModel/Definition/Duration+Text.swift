extension Duration {
    /// The shortest text that a definition could have for it: `250ms`, `10s`, `5m`, `1h30m`.
    ///
    /// Less than 1 ms is cut off.
    package var shortText: String {
        guard self >= .zero else { return "-\((.zero - self).shortText)" }
        let (seconds, attoseconds) = components
        let milliseconds = attoseconds / 1_000_000_000_000_000
        guard seconds > 0 || milliseconds > 0 else { return "0s" }
        let parts = [
            (seconds / 86400 >= 2 ? seconds / 86400 : 0, "d"),
            ((seconds / 86400 >= 2 ? seconds % 86400 : seconds) / 3600, "h"),
            (seconds % 3600 / 60, "m"), (seconds % 60, "s"), (milliseconds, "ms"),
        ]
        return parts.filter { $0.0 > 0 }.map { "\($0.0)\($0.1)" }.joined()
    }

    /// Parses a text such as `250ms`, `10s`, `1.5h`, `1m30s`: numbers with the units d, h, m, s, ms, each once and the
    /// largest first; nil for anything else, and above 10,000 days.
    package init?(definitionText text: String) {
        var rest = Array(text.utf8)[...]
        var total: Int64 = 0
        var lastUnit = Int64.max
        guard !rest.isEmpty else { return nil }
        while !rest.isEmpty {
            let whole = rest.prefix(while: JSONReader.isDigit)
            rest = rest.dropFirst(whole.count)
            var fraction = rest.prefix(0)
            if rest.first == UInt8(ascii: ".") {
                fraction = rest.dropFirst().prefix(while: JSONReader.isDigit)
                guard !fraction.isEmpty else { return nil }
                rest = rest.dropFirst(fraction.count + 1)
            }
            let letters = rest.prefix(while: JSONReader.isLetter)
            rest = rest.dropFirst(letters.count)
            guard let unit = Self.nanoseconds[String(decoding: letters, as: UTF8.self)], unit < lastUnit,
                (1...9).contains(whole.count), fraction.count <= 9,
                let number = Int64(String(decoding: whole, as: UTF8.self))
            else { return nil }
            lastUnit = unit
            let (product, overflow) = number.multipliedReportingOverflow(by: unit)
            var place = unit
            var part: Int64 = 0
            for digit in fraction {
                place /= 10
                part += Int64(digit - UInt8(ascii: "0")) * place
            }
            guard !overflow, product <= Self.longestText, total <= Self.longestText else { return nil }
            total += product + part
        }
        self = .nanoseconds(total)
    }

    private static let longestText: Int64 = 10_000 * 86400 * 1_000_000_000

    private static let nanoseconds: [String: Int64] = [
        "ms": 1_000_000, "s": 1_000_000_000, "m": 60_000_000_000, "h": 3_600_000_000_000, "d": 86_400_000_000_000,
    ]
}
