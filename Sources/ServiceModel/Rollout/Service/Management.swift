/// Whether a service should run at all.
package enum Management: Equatable, Sendable {
    /// Its manager hasn't been started. → `managed` (manager started).
    case unmanaged
    /// It should run. → `stopping` (manager stopped, document deleted), `failed`.
    case managed
    /// All instances leave. → `unmanaged` or `disabled` once nothing is left.
    case stopping(RolloutNotice.StopReason)
    /// It should run, but its definition is disabled or isn't for this host. → `managed` (another definition).
    case disabled
    /// Its only revision has failed for good. → `managed` (a new revision, or a person's request).
    case failed(Revision)
}
