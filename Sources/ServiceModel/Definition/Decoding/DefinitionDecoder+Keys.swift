import ImageReferences

extension DefinitionDecoder {
    /// A guess at the key that a value lacks.
    struct KeyGuess {
        var key: DefinitionKey?
        var sentence: String
    }

    /// Guesses the key that a value lacks: the first one that fits its kind and that the document doesn't have.
    func keyGuess(for keyless: JSONValue, depth: Int, in document: JSONValue?) -> KeyGuess {
        guard depth == 1, case .string(let text) = keyless.content else {
            return KeyGuess(key: nil, sentence: "in an object each value has a key: \"key\": value")
        }
        var given: Set<String> = []
        if case .object(let members)? = document?.content { given = Set(members.map(\.key)) }
        let candidates: [DefinitionKey] = [
            Self.looksLikeAddress(text) ? .address : .image,
            ["http", "up", "tcp", "docker", "none"].contains(text) ? .healthCheck : .image,
        ]
        let key = candidates.last {
            !given.contains($0.rawValue) && ($0 != .image || ImageReference.problem(in: text) == nil)
        }
        guard let key else {
            return KeyGuess(key: nil, sentence: "in an object each value has a key: \"key\": value")
        }
        return KeyGuess(key: key, sentence: "did you mean \"\(key.rawValue)\": \(keyless.shown)?")
    }

    private static func looksLikeAddress(_ text: String) -> Bool {
        let host = text.split(separator: ":").first ?? ""
        return text.contains("://") || text.hasPrefix("[")
            || host.split(separator: ".").compactMap { UInt8($0) }.count == 4
    }

    /// Warns about unknown keys, with a guess.
    ///
    /// - Returns: The unknown keys, each with the key that is probably meant.
    @discardableResult
    mutating func warnOfUnknownKeys(in object: DocumentObject, known: [String]) -> [String: String] {
        var guesses: [String: String] = [:]
        for member in object.members where !known.contains(member.key) && !Self.isRemark(member.key) {
            // Guesses are costly, and a report has a limited number of warnings.
            guard warnings.count < DefinitionReport.maximumFindings else { break }
            let guess = Spelling.guess(member.key, among: known)
            guesses[member.key] = guess
            let hint =
                (guess.map { "did you mean \"\($0)\"?" } ?? ForeignField.advice(member.key)).map { " — \($0)" } ?? ""
            warn(object.path(of: member.key), "unknown field, ignored\(hint)", at: member.keyPosition)
        }
        return guesses
    }

    /// Whether a key is one of CouchDB's own fields, or a person's comment.
    private static func isRemark(_ key: String) -> Bool { key.hasPrefix("_") || key == "comment" }

    /// Reports keys that an object has twice, at any depth.
    mutating func reportRepeatedKeys(in value: JSONValue, path: DocumentPath) {
        switch value.content {
        case .array(let elements):
            for (index, element) in elements.enumerated() where element.isContainer {
                reportRepeatedKeys(in: element, path: .element(index, of: path))
            }
        case .object(let members): reportRepeatedKeys(of: members, path: path)
        case .null, .bool, .number, .string, .invalid: break
        }
    }

    private mutating func reportRepeatedKeys(of members: [JSONMember], path: DocumentPath) {
        var first: [String: SourcePosition] = [:]
        for member in members {
            if let place = first[member.key] {
                report(
                    DocumentPath.member(member.key, of: path),
                    expected: "each key once",
                    found: "it again",
                    nextStep: "the first is at \(place)",
                    at: member.keyPosition
                )
            } else {
                first[member.key] = member.keyPosition
            }
            guard member.value.isContainer else { continue }
            reportRepeatedKeys(in: member.value, path: .member(member.key, of: path))
        }
    }
}
