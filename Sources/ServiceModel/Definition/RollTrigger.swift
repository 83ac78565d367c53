/// What makes a new document replace the containers.
package enum RollTrigger: String, Sendable, CaseIterable {
    /// Every new revision.
    case revision
    /// Only a change of what the container or its checks depend on; see ``ServiceDefinition/specificationDigestInput``.
    case specification = "spec"
}
