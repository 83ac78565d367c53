/// Something that a definition asks for and this host doesn't allow.
package struct PolicyViolation: Hashable, Sendable, CustomStringConvertible {
    /// The rule.
    package let rule: Policy.Rule
    /// Where in the document.
    package let path: String
    /// What is asked for; empty when the document says nothing.
    package let found: String
    /// What is allowed.
    package let allowed: [String]

    /// What was found, what is allowed, what to do.
    package var description: String {
        let found = found.isEmpty ? "nothing, so the image decides" : Shown.string(found)
        let names = allowed.map { Shown.string($0) }.joined(separator: ", ")
        return
            "\(path): this host's policy (\(rule.rawValue)) allows \(names.isEmpty ? "none" : names), found \(found) — "
            + "change the definition, or add to policy.\(rule.rawValue) in config.json on this host and restart service-managerd"
    }
}
