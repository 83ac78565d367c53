/// Which image a revision was first started from: a tag may move, this doesn't.
package struct ImageID: Hashable, Sendable, Codable, CustomStringConvertible {
    /// Docker's id of the image, `sha256:…`.
    package var rawValue: String
    /// Where a registry has the very same image, `NAME@DIGEST`; nil when it came from none.
    package var digest: String?
    /// The reference that service-managerd pulled because this image wasn't here; nil for one that others brought here.
    package var pulled: String?

    package init(_ rawValue: String, digest: String? = nil, pulled: String? = nil) {
        self.rawValue = rawValue
        self.digest = digest
        self.pulled = pulled
    }

    /// Only the id: the rest is written beside it, see `RolloutRecord.ImageEntry`.
    package init(from decoder: any Decoder) throws {
        rawValue = try decoder.singleValueContainer().decode(String.self)
    }

    package func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(rawValue)
    }

    package var description: String { rawValue }
}
