import FoundationEssentials
import ServiceModel

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

    /// Writes a document as YAML, with its keys in order.
    func yaml(_ document: some Encodable) throws {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        // Our own encoder's JSON can be read.
        line(YAMLText.text(of: try encoder.encode(document)) ?? "")
    }
}
