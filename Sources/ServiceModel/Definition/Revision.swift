/// The identity of a deployment: CouchDB's `_rev`, or `N-<hash>` of a file.
///
/// It is opaque, and only compared for equality. It is the instance part of a unit's name, as in
/// `web@1-62d4023616ab1e7921f74f650aab51e1.service`.
package struct Revision: Hashable, Sendable {
    /// The whole revision.
    package let rawValue: String

    /// Checks a revision.
    ///
    /// - Parameter text: 1…70 of the characters that a service id may have. `manager` is the manager's own instance.
    /// - Throws: `DefinitionError` when the text can't be the instance part of a unit's name.
    package init(_ text: String) throws(DefinitionError) {
        guard !text.isEmpty, text.utf8.count <= 70, text.utf8.allSatisfy(ServiceID.isAllowed), text != "manager" else {
            throw DefinitionError(
                path: "_rev",
                expected: "a revision such as 1-62d4023616ab1e7921f74f650aab51e1",
                found: Shown.string(text)
            )
        }
        rawValue = text
    }

    /// Its generation and the first four digits of its hash, for tables: `1-62d4…`.
    package var short: String {
        guard let dash = rawValue.firstIndex(of: "-") else {
            return rawValue.utf8.count <= 10 ? rawValue : "\(rawValue.prefix(9))…"
        }
        let hash = rawValue[rawValue.index(after: dash)...]
        return hash.utf8.count <= 6 ? rawValue : "\(rawValue[...dash])\(hash.prefix(4))…"
    }
}

extension Revision: CustomStringConvertible {
    /// The whole revision.
    package var description: String { rawValue }
}

extension Revision: Codable {
    /// Decodes and checks a revision.
    ///
    /// - Parameter decoder: Where the text is.
    /// - Throws: `DefinitionError` or what the decoder throws.
    package init(from decoder: any Decoder) throws {
        try self.init(decoder.singleValueContainer().decode(String.self))
    }

    /// Encodes the whole revision.
    ///
    /// - Parameter encoder: Where the text goes.
    /// - Throws: What the encoder throws.
    package func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(rawValue)
    }
}
