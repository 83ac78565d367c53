import FoundationEssentials

extension Output {
    /// Writes a document as JSON, with its keys in order.
    ///
    /// - Parameters:
    ///   - document: What to write.
    ///   - isPretty: On many lines, for people; otherwise on one, as NDJSON wants it.
    /// - Throws: What the document throws when it is encoded.
    func json(_ document: some Encodable, isPretty: Bool = true) throws {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        if isPretty { encoder.outputFormatting.insert(.prettyPrinted) }
        line(String(decoding: try encoder.encode(document), as: UTF8.self))
    }
}
