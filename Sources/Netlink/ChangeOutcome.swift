/// The outcome of a change.
package enum ChangeOutcome: Hashable {
    /// The kernel has acknowledged it.
    case done
    /// The kernel has refused it.
    case refused(NetlinkFailure)
    /// It was sent, but not answered.
    case lost
    /// It was never sent.
    case notSent

    init(_ message: NetlinkMessage) throws(NetlinkFailure) {
        self = try message.refusal().map(Self.refused) ?? .done
    }
}
