/// One attempt to run one replica of one revision.
///
/// Never used twice, so a late answer can't be taken for another's.
package struct InstanceID: Hashable, Sendable, Codable, CustomStringConvertible {
    /// The revision that this instance runs.
    package let revision: Revision
    /// Which replica it is: 1…`replicas`.
    package let slot: Int
    /// Counted up over all of a service's instances; part of the container's name and labels.
    package let attempt: Int

    package init(revision: Revision, slot: Int, attempt: Int) {
        self.revision = revision
        self.slot = slot
        self.attempt = attempt
    }

    package var description: String { "\(revision)/\(slot)#\(attempt)" }
}

extension InstanceID: Comparable {
    package static func < (left: InstanceID, right: InstanceID) -> Bool {
        left.attempt < right.attempt
    }
}
