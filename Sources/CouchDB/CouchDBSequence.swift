/// Sequences of a changes feed, which are opaque, and sent back unchanged.
///
/// CouchDB 2 and later send strings, CouchDB 1 and PouchDB Server send numbers, and BigCouch sends lists. Only "opaque JSON" is
/// documented (https://docs.couchdb.org/en/stable/api/database/changes.html).
enum CouchDBSequence {
    /// The value for `since`: a string without its quotes, any other JSON unchanged.
    static func text(_ bytes: [UInt8], in range: Range<Int>) throws(JSONSlices.Malformed) -> String {
        if bytes[range].first == UInt8(ascii: "\"") { return try JSONString.decode(bytes, in: range) }
        guard let text = String(validating: bytes[range], as: UTF8.self) else {
            throw JSONSlices.Malformed(offset: range.lowerBound, expected: "a sequence in UTF-8")
        }
        return text
    }

    /// The sequence in a member of an answer; nil when there is none.
    static func text(_ name: String, in answer: CouchDBAnswer) -> String? {
        let value = (try? JSONSlices.members(of: answer.body))?.last { $0.name == name }?.value
        guard let value, let text = try? text(answer.body, in: value), !text.isEmpty, text != "null" else { return nil }
        return text
    }
}
