/// A new revision's first share of the traffic, before it takes all of it.
package struct Canary: Hashable, Sendable {
    /// The share of new connections that go to the new revision: 1…99.
    package var percent: Int

    /// How long the share is held before the rollout goes on: 0…7 days.
    package var hold: Duration

    /// Makes a canary.
    ///
    /// - Parameters:
    ///   - percent: 1…99.
    ///   - hold: How long the share is held.
    package init(percent: Int, hold: Duration = .seconds(300)) {
        self.percent = percent
        self.hold = hold
    }
}
