/// The image that a revision was first started from.
///
/// A tag may move, but this id doesn't change.
package struct ImageID: Hashable, Sendable, Codable, CustomStringConvertible {
    /// Docker's id of the image, `sha256:…`.
    package var rawValue: String
    /// The same image in its registry, `NAME@DIGEST`; nil when it came from none.
    package var digest: String?
    /// The reference that service-managerd pulled the image by; nil when the image was already on this host.
    package var pulled: String?

    package init(_ rawValue: String, digest: String? = nil, pulled: String? = nil) {
        self.rawValue = rawValue
        self.digest = digest
        self.pulled = pulled
    }

    /// Decodes only the id.
    ///
    /// The rest is written beside it, see `RolloutRecord.ImageEntry`.
    package init(from decoder: any Decoder) throws {
        rawValue = try decoder.singleValueContainer().decode(String.self)
    }

    package func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(rawValue)
    }

    package var description: String { rawValue }
}
