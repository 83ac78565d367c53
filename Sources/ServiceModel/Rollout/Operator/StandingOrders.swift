/// What persons have ordered, and what holds until they end it.
package struct StandingOrders: Equatable, Sendable {
    /// Set while a person has paused the service: no rollout begins or continues.
    package internal(set) var pause: OperatorNote?
    /// The candidate that is a canary no more.
    package internal(set) var promoted: Revision?

    package init() {}
}
