import ServiceModel

extension Policy {
    /// Reads the configuration's rules.
    ///
    /// An unknown rule is an error: what it was meant to forbid would be allowed otherwise.
    ///
    /// - Parameters:
    ///   - rules: The rules, by name.
    ///   - place: Where they were found.
    /// - Throws: `ConfigurationError` for an unknown rule, and for an entry that allows nothing.
    init(_ rules: [String: [String]], _ place: String) throws(ConfigurationError) {
        self.init()
        for (name, entries) in rules.sorted(by: { $0.key < $1.key }) {
            guard let rule = Rule(rawValue: name) else {
                let known = Rule.allCases.map(\.rawValue).sorted().joined(separator: ", ")
                throw ConfigurationError(message: "\(place): expected rules of \(known), found \"\(name)\"")
            }
            for entry in entries {
                guard let expected = rule.expectation(of: entry) else { continue }
                throw ConfigurationError(message: "\(place).\(name): expected \(expected), found \"\(entry)\"")
            }
            allowed[rule] = entries
        }
    }
}

/// The keys of a JSON object, whatever their values are.
struct ConfigurationKeys: Decodable {
    let keys: [String]

    private struct Key: CodingKey {
        let stringValue: String
        let intValue: Int? = nil
        init(stringValue: String) { self.stringValue = stringValue }
        init?(intValue: Int) { nil }
    }

    init(from decoder: any Decoder) throws {
        keys = try decoder.container(keyedBy: Key.self).allKeys.map(\.stringValue)
    }
}
