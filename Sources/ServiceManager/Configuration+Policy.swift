import ServiceModel

extension Policy {
    /// Reads the configuration's rules.
    ///
    /// A rule that isn't known is no rule that may be left out: what it was meant to forbid would be allowed.
    ///
    /// - Parameters:
    ///   - rules: The rules, by name.
    ///   - place: Where they were found.
    /// - Throws: `ConfigurationError` for an unknown rule, and for an entry that allows nothing.
    init(_ rules: [String: [String]], _ place: String) throws(ConfigurationError) {
        self.init()
        for (name, allowed) in rules.sorted(by: { $0.key < $1.key }) {
            guard let rule = Self.rules[name] else {
                let known = Self.rules.keys.sorted().joined(separator: ", ")
                throw ConfigurationError(message: "\(place): expected rules of \(known), found \"\(name)\"")
            }
            for entry in allowed where !Self.isSound(entry, of: name) {
                throw ConfigurationError(
                    message: "\(place).\(name): expected \(Self.expected(of: name)), found \"\(entry)\""
                )
            }
            self[keyPath: rule] = allowed
        }
    }

    private static func isSound(_ entry: String, of rule: String) -> Bool {
        switch rule {
        case "mounts", "files": entry.hasPrefix("/") && !entry.split(separator: "/").contains("..")
        case "images": !entry.isEmpty && entry != "/" && !entry.contains("*") && !entry.contains("@")
        default: !entry.isEmpty && !entry.contains("*")
        }
    }

    private static func expected(of rule: String) -> String {
        switch rule {
        case "mounts", "files": "absolute paths without \"..\""
        case "images": "repositories such as \"registry.example.org/team/web\", or with a slash at the end all below it"
        default: "names, without patterns"
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
