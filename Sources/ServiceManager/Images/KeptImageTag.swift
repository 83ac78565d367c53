import ImageReferences
package import ServiceModel

/// The name that the image of a kept revision gets: `service-manager/web:8-44ab0c1d`.
///
/// It tells a person what the image is kept for, and keeps the image from becoming dangling when the tag that it was pulled
/// by moves.
package struct KeptImageTag: Equatable, Sendable, CustomStringConvertible {
    /// `service-manager/` and the service.
    package let repository: String
    /// The revision.
    package let tag: String

    private static let prefix = "service-manager/"

    /// Nil where the service or the revision can't be part of an image's name
    /// (github.com/distribution/reference: lower case, separators between letters and digits).
    package init?(_ revision: Revision, of service: ServiceID) {
        let repository = Self.prefix + service.rawValue
        guard ImageReference.problem(in: "\(repository):\(revision)") == nil else { return nil }
        self.repository = repository
        tag = revision.rawValue
    }

    package var description: String { "\(repository):\(tag)" }
}
