/// A number as it is written: JSON sets no limit to its size (RFC 8259, section 6).
struct JSONNumber: Hashable, Sendable {
    /// The number's text, of JSON's grammar.
    let text: String

    /// Its value when that is a whole number, also when written `80.0` or `8e1`; otherwise nil.
    var integer: Int? {
        if let value = Int(text) { return value }
        guard let value = double, value.magnitude <= 0x1p53 else { return nil }
        return Int(exactly: value)
    }

    /// The nearest finite value; nil when the number is too large.
    var double: Double? {
        guard let value = Double(text), value.isFinite else { return nil }
        return value
    }

    /// The number's text, shortened.
    var shown: String { text.utf8.count <= 24 ? text : "\(text.prefix(24))…" }
}
