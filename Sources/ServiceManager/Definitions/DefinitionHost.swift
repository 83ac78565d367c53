package import ServiceModel

/// The host that definitions are read for.
package struct DefinitionHost: Equatable, Sendable {
    /// What `hosts` in a definition is compared with.
    package var name: String
    /// What definitions may ask of it.
    package var policy: Policy

    /// - Parameters:
    ///   - name: What `hosts` in a definition is compared with.
    ///   - policy: What definitions may ask of it.
    package init(name: String, policy: Policy = Policy()) {
        self.name = name
        self.policy = policy
    }
}
