/// The share of the traffic that a new revision gets before it takes over.
package struct Canary: Hashable, Sendable {
    /// The share of new connections that go to the new revision: 1…99.
    package var percent: Int

    /// How long the share is held before the rollout continues: 0…7 days; nil until a person promotes it.
    package var hold: Duration?

    /// Makes a canary.
    ///
    /// - Parameters:
    ///   - percent: 1…99.
    ///   - hold: How long the share is held; nil until a person promotes it.
    package init(percent: Int, hold: Duration? = nil) {
        self.percent = percent
        self.hold = hold
    }
}
