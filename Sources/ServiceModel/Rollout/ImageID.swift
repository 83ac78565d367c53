/// Which image a revision was first started from: a tag may move, this doesn't.
package struct ImageID: Hashable, Sendable, Codable, CustomStringConvertible {
    /// Docker's id of the image, `sha256:…`.
    package var rawValue: String

    package init(_ rawValue: String) {
        self.rawValue = rawValue
    }

    package init(from decoder: any Decoder) throws {
        rawValue = try decoder.singleValueContainer().decode(String.self)
    }

    package func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(rawValue)
    }

    package var description: String { rawValue }
}
