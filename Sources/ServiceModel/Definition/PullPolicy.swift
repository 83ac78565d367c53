/// When an image is pulled.
package enum PullPolicy: String, Sendable, CaseIterable {
    /// When the host doesn't have it.
    case missing
    /// Before each rollout.
    case always
    /// Never: an image that isn't here fails the rollout.
    case never
}
