/// Orders of a person that hold until they are revoked.
package struct StandingOrders: Equatable, Sendable {
    /// Set while a person has paused the service: no rollout begins or continues.
    package internal(set) var pause: OperatorNote?
    /// The candidate whose canary was promoted.
    package internal(set) var promoted: Revision?

    package init() {}
}
