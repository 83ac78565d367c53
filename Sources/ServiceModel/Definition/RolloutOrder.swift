/// Which comes first when a revision replaces another.
package enum RolloutOrder: String, Sendable, CaseIterable {
    /// The new one serves before the old one leaves.
    case startFirst = "start-first"
    /// The old one leaves first, for what can't run twice. It costs an outage.
    case stopFirst = "stop-first"
}
