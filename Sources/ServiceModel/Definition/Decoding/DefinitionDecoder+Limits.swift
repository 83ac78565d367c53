extension DefinitionDecoder {
    /// A number of bytes, or a text with a unit, as Docker's command line accepts it.
    mutating func memory(_ field: DocumentField) -> Int? {
        let range = 6 << 20...1 << 50
        let bytes: Int? =
            switch field.value.content {
            case .number(let number): number.integer
            case .string(let text): Self.bytes(text)
            case .null, .bool, .array, .object, .invalid: nil
            }
        if let bytes, range.contains(bytes) { return bytes }
        let isTooSmall = bytes.map { $0 < range.lowerBound } ?? false
        reject(
            field,
            expected: "a number of bytes, or a text such as \"512m\" or \"1.5g\", from 6m to 1024t",
            nextStep: isTooSmall ? "Docker gives a container at least 6 MiB; a plain number counts bytes" : nil
        )
        return nil
    }

    /// The bytes of a text such as `512m`, in powers of 1024: b, k, m, g, t, optionally with `b` or `ib` after the letter.
    static func bytes(_ text: String) -> Int? {
        let digits = text.utf8.prefix { JSONReader.isDigit($0) || $0 == UInt8(ascii: ".") }
        guard digits.first.map(JSONReader.isDigit) == true, digits.last.map(JSONReader.isDigit) == true,
            digits.count <= 18, let number = Double(Substring(digits)),
            let suffix = String(text.utf8.dropFirst(digits.count))?.lowercased()
        else { return nil }
        let shift: Int
        switch suffix {
        case "", "b": shift = 0
        case "k", "kb", "kib": shift = 10
        case "m", "mb", "mib": shift = 20
        case "g", "gb", "gib": shift = 30
        case "t", "tb", "tib": shift = 40
        default: return nil
        }
        let value = (number * Double(1 << shift)).rounded(.down)
        return value < 0x1p60 ? Int(value) : nil
    }

    /// A number of cores.
    mutating func cpus(_ field: DocumentField) -> Double? {
        if case .number(let number) = field.value.content, let value = number.double, (0.01...1024).contains(value) {
            return value
        }
        let step = field.text.flatMap { text in Double(text).map { _ in "write it without quotes" } }
        reject(field, expected: "a number of cores from 0.01 to 1024, such as 1.5", nextStep: step)
        return nil
    }

    /// An object of limits: each a number, or an object of `soft` and `hard`.
    mutating func ulimits(_ field: DocumentField) -> [Ulimit]? {
        guard let object = field.object else {
            reject(field, expected: "an object of limits, such as {\"nofile\": 65536}")
            return nil
        }
        return object.members.compactMap { member in
            let path = object.path(of: member.key)
            guard Ulimit.names.contains(member.key) else {
                // Guesses are costly, and a report has a limited number of errors.
                let guess =
                    errors.count < DefinitionReport.maximumFindings
                    ? Spelling.guess(member.key, among: Ulimit.names) : nil
                report(
                    path,
                    expected: "the name of a limit: \(Shown.choice(Ulimit.names))",
                    found: Shown.string(member.key),
                    nextStep: guess.map { "did you mean \"\($0)\"?" },
                    at: member.keyPosition
                )
                return nil
            }
            return ulimit(member.key, DocumentField(path: path, value: member.value))
        }
    }

    private mutating func ulimit(_ name: String, _ field: DocumentField) -> Ulimit? {
        let range = -1...Int.max
        guard let object = field.object else {
            let expected = "a number, -1 for no limit, or an object of \"soft\" and \"hard\""
            guard case .number(let number) = field.value.content, let value = number.integer, range.contains(value)
            else {
                reject(field, expected: expected)
                return nil
            }
            return Ulimit(name: name, soft: value, hard: value)
        }
        warnOfUnknownKeys(in: object, known: ["soft", "hard"])
        var values: [Int] = []
        for key in ["soft", "hard"] {
            guard let part = object[key] else {
                report(object.path(of: key), expected: "a number", found: "nothing", at: object.position)
                continue
            }
            guard case .number(let number) = part.value.content, let value = number.integer, range.contains(value)
            else {
                reject(part, expected: "a number, -1 for no limit")
                continue
            }
            values.append(value)
        }
        guard values.count == 2 else { return nil }
        let (soft, hard) = (values[0], values[1])
        guard hard == -1 || (soft != -1 && soft <= hard) else {
            report(
                object.path(of: "soft"),
                expected: "at most the hard limit, \(hard)",
                found: String(soft),
                at: field.position
            )
            return nil
        }
        return Ulimit(name: name, soft: soft, hard: hard)
    }
}
