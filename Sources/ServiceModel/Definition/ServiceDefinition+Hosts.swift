extension ServiceDefinition {
    /// Whether the service runs on a host.
    ///
    /// - Parameter host: The host's name, compared without regard to case.
    /// - Returns: True when `hosts` is nil or one of its patterns matches; `*` stands for any text, `?` for any character.
    package func isMeant(for host: String) -> Bool {
        guard let hosts else { return true }
        let name = Array(host.lowercased().utf8)
        return hosts.contains { Self.matches(name, pattern: Array($0.lowercased().utf8)) }
    }

    /// The definition for a host: disabled if the service isn't meant for it.
    ///
    /// - Parameter host: The host's name, with or without its domain.
    /// - Returns: The definition, with `enabled` set for that host.
    package func placed(on host: String) -> ServiceDefinition {
        var placed = self
        let short = String(host.prefix { $0 != "." })
        placed.enabled = enabled && (isMeant(for: host) || isMeant(for: short))
        return placed
    }

    /// Matches in one pass: after a mismatch, only the last `*` takes one more byte.
    private static func matches(_ text: [UInt8], pattern: [UInt8]) -> Bool {
        var (place, expected) = (0, 0)
        var retry: (place: Int, expected: Int)?
        while place < text.count {
            if expected < pattern.count, pattern[expected] == UInt8(ascii: "*") {
                expected += 1
                retry = (place, expected)
            } else if expected < pattern.count,
                pattern[expected] == UInt8(ascii: "?") || pattern[expected] == text[place]
            {
                expected += 1
                place += 1
            } else if let last = retry {
                retry = (last.place + 1, last.expected)
                (place, expected) = (last.place + 1, last.expected)
            } else {
                return false
            }
        }
        return pattern[expected...].allSatisfy { $0 == UInt8(ascii: "*") }
    }
}
