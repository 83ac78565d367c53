/// Whether a service is to run at all.
package enum Management: Equatable, Sendable {
    /// It wasn't asked for. → `managed` (manager started).
    case unmanaged
    /// It is to run. → `stopping` (manager stopped, document deleted), `failed`.
    case managed
    /// Everything leaves. → `unmanaged` or `disabled` once nothing is left.
    case stopping(RolloutNotice.StopReason)
    /// It is to run, but its definition isn't for this host or is switched off. → `managed` (another definition).
    case disabled
    /// Its only revision has failed for good. → `managed` (a new revision, or a person asks again).
    case failed(Revision)
}
