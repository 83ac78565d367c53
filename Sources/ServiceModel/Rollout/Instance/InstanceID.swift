/// One attempt to run one replica of one revision.
///
/// An id is never used twice, so a late answer can't be taken for that of another instance.
package struct InstanceID: Hashable, Sendable, Codable, CustomStringConvertible {
    /// The numbers of slots and attempts.
    ///
    /// No number outside of this range is ever given out.
    package static let numbers = 1...999_999_999

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

    /// Decodes an id.
    ///
    /// Numbers that are out of range are clamped.
    package init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        func number(_ key: CodingKeys) throws -> Int {
            min(max(try container.decode(Int.self, forKey: key), Self.numbers.lowerBound), Self.numbers.upperBound)
        }
        revision = try container.decode(Revision.self, forKey: .revision)
        slot = try number(.slot)
        attempt = try number(.attempt)
    }

    package var description: String { "\(revision)/\(slot)#\(attempt)" }
}

extension InstanceID: Comparable {
    package static func < (left: InstanceID, right: InstanceID) -> Bool {
        left.attempt < right.attempt
    }
}
