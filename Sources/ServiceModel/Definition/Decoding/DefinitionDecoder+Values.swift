import Addresses

extension DefinitionDecoder {
    /// A whole number within a range.
    mutating func integer(_ field: DocumentField, in range: ClosedRange<Int>, unit: String = "a number") -> Int? {
        let expected = "\(unit) from \(range.lowerBound) to \(range.upperBound)"
        if case .number(let number) = field.value.content, let value = number.integer, range.contains(value) {
            return value
        }
        var step: String?
        if let text = field.text, let value = Int(text), range.contains(value) {
            step = "write \(value) without quotes"
        }
        reject(field, expected: expected, nextStep: step)
        return nil
    }

    /// A port: a number, or its decimal digits as a text.
    mutating func port(_ field: DocumentField) -> Port? {
        if let text = field.text, let value = Int(text), String(value) == text, let port = Port(value) { return port }
        return integer(field, in: 1...65535).flatMap { Port($0) }
    }

    /// True or false.
    mutating func bool(_ field: DocumentField) -> Bool? {
        if case .bool(let value) = field.value.content { return value }
        let step = field.text.flatMap { ["true", "false"].contains($0) ? "write \($0) without quotes" : nil }
        reject(field, expected: "true or false", nextStep: step)
        return nil
    }

    /// A text that isn't empty and has no NUL.
    mutating func text(_ field: DocumentField, expected: String) -> String? {
        guard let text = field.text, !text.isEmpty, !text.utf8.contains(0) else {
            reject(field, expected: expected)
            return nil
        }
        return text
    }

    /// A text that satisfies a condition.
    mutating func text(_ field: DocumentField, expected: String, where isFit: (String) -> Bool) -> String? {
        guard let text = field.text, isFit(text) else {
            reject(field, expected: expected)
            return nil
        }
        return text
    }

    /// One of an enumeration's texts.
    mutating func choice<Choice: RawRepresentable<String> & CaseIterable>(_ field: DocumentField) -> Choice? {
        if let value = field.text.flatMap(Choice.init(rawValue:)) { return value }
        let known = Choice.allCases.map(\.rawValue)
        let step = field.text.flatMap { Spelling.guess($0, among: known) }.map { "did you mean \"\($0)\"?" }
        reject(field, expected: Shown.choice(known.map { "\"\($0)\"" }), nextStep: step)
        return nil
    }

    /// A number of seconds, or a text with units.
    mutating func duration(_ field: DocumentField, in range: ClosedRange<Duration>) -> Duration? {
        var value: Duration?
        var step: String?
        switch field.value.content {
        case .number(let number):
            if let seconds = number.double, seconds.magnitude <= 1e9 {
                value = .milliseconds(Int64((seconds * 1000).rounded()))
            }
        case .string(let text):
            value = Duration(definitionText: text)
            if value == nil, let number = Int(text), number >= 0 { step = "write \(number) or \"\(number)s\"" }
        case .null, .bool, .array, .object, .invalid: break
        }
        if let value, range.contains(value) { return value }
        let limits = "from \(range.lowerBound.shortText) to \(range.upperBound.shortText)"
        reject(field, expected: "a duration \(limits), such as 30, \"30s\" or \"5m\"", nextStep: step)
        return nil
    }

    /// A text, or a list of texts, at least one.
    mutating func texts(
        _ field: DocumentField,
        each expected: String,
        _ decode: (inout Self, DocumentField) -> String?
    ) -> [String]? {
        guard let elements = field.elements else {
            guard field.text != nil else {
                reject(field, expected: "\(expected), or a list of such")
                return nil
            }
            return decode(&self, field).map { [$0] }
        }
        let values = elements.compactMap { decode(&self, $0) }
        return values.count == elements.count ? values : nil
    }

    /// A command line: a list of texts, or a text for `/bin/sh -c`, as in Docker's shell form.
    mutating func commandLine(_ field: DocumentField) -> [String]? {
        let expected = "a command, such as [\"nginx\", \"-g\", \"daemon off;\"] or a text for /bin/sh"
        if field.text != nil {
            return text(field, expected: expected).map { ["/bin/sh", "-c", $0] }
        }
        guard let elements = field.elements, let first = elements.first else {
            reject(field, expected: expected)
            return nil
        }
        guard text(first, expected: "a program's name") != nil else { return nil }
        let words = elements.compactMap { text($0, expected: "a text without NUL") { !$0.utf8.contains(0) } }
        return words.count == elements.count ? words : nil
    }
}
