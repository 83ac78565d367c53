/// Sequences of a changes feed: opaque, and handed back as they came.
///
/// CouchDB 2 and later send strings; CouchDB 1 and PouchDB Server send numbers, BigCouch sends lists. "Opaque JSON" is all that is
/// promised (https://docs.couchdb.org/en/stable/api/database/changes.html).
enum CouchDBSequence {
    /// What `since` has to be: a string without its quotes, any other JSON as it is.
    static func text(_ bytes: [UInt8], in range: Range<Int>) throws(JSONSlices.Malformed) -> String {
        if bytes[range].first == UInt8(ascii: "\"") { return try JSONString.decode(bytes, in: range) }
        guard let text = String(validating: bytes[range], as: UTF8.self) else {
            throw JSONSlices.Malformed(offset: range.lowerBound, expected: "a sequence in UTF-8")
        }
        return text
    }

    /// The sequence that is a member of an answer; nil when there is none.
    static func text(_ name: String, in answer: CouchDBAnswer) -> String? {
        let value = (try? JSONSlices.members(of: answer.body))?.last { $0.name == name }?.value
        guard let value, let text = try? text(answer.body, in: value), !text.isEmpty, text != "null" else { return nil }
        return text
    }
}
