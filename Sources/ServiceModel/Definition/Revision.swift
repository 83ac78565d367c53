/// The identity of a deployment: CouchDB's `_rev`, or `N-<hash>` of a file.
///
/// Opaque, and only compared for equality.
package struct Revision: Hashable, Sendable, Codable, CustomStringConvertible {
    package let rawValue: String

    /// - Throws: `DefinitionError` when the text can't be the instance part of a unit's name.
    package init(_ text: String) throws(DefinitionError) {
        guard !text.isEmpty, text.utf8.count <= 128, text.utf8.allSatisfy({ ServiceID.isAllowed($0) }),
            text != "manager"
        else {
            throw DefinitionError(
                path: "_rev",
                expected: "a revision such as 1-62d4023616ab1e7921f74f650aab51e1",
                found: "\"\(text.prefix(80))\""
            )
        }
        rawValue = text
    }

    /// Its generation and the first four digits of its hash, for tables: `1-62d4…`.
    package var short: String {
        guard let dash = rawValue.firstIndex(of: "-") else { return String(rawValue.prefix(10)) }
        let hash = rawValue[rawValue.index(after: dash)...]
        return hash.utf8.count <= 6 ? rawValue : "\(rawValue[...dash])\(hash.prefix(4))…"
    }

    package var description: String { rawValue }

    package init(from decoder: any Decoder) throws {
        try self.init(decoder.singleValueContainer().decode(String.self))
    }

    package func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(rawValue)
    }
}
