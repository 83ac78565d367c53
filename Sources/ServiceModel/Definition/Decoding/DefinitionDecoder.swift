import Addresses

/// Decodes a document into a definition, and reports everything that is invalid.
struct DefinitionDecoder {
    /// The maximum size of a document in bytes: 1 MiB.
    static let maximumSize = 1 << 20

    private(set) var errors: [DefinitionError] = []
    private(set) var warnings: [DefinitionWarning] = []

    /// Reports an error.
    ///
    /// The path is turned into text only when there is room for one more finding.
    mutating func report(
        _ path: some CustomStringConvertible,
        expected: String?,
        found: String,
        nextStep: String? = nil,
        at position: SourcePosition?
    ) {
        guard errors.count < DefinitionReport.maximumFindings else { return }
        errors.append(
            DefinitionError(
                path: path.description,
                expected: expected,
                found: found,
                nextStep: nextStep,
                position: position
            )
        )
    }

    /// Reports that a field isn't what was expected, unless it was already reported as invalid JSON.
    mutating func reject(_ field: DocumentField, expected: String, found: String? = nil, nextStep: String? = nil) {
        guard field.value.content != .invalid else { return }
        let isNull = field.value.content == .null
        report(
            field.path,
            expected: expected,
            found: found ?? field.value.shown,
            nextStep: isNull ? "leave the field out for its default" : nextStep,
            at: field.position
        )
    }

    /// Reports what is probably a mistake.
    mutating func warn(_ path: some CustomStringConvertible, _ message: String, at position: SourcePosition?) {
        guard warnings.count < DefinitionReport.maximumFindings else { return }
        warnings.append(DefinitionWarning(path: path.description, message: message, position: position))
    }

    /// Decodes a document.
    mutating func decode(_ json: some Collection<UInt8>) -> ServiceDefinition? {
        guard json.count <= Self.maximumSize else {
            report(
                "",
                expected: "a document of at most 1 MiB",
                found: "\(json.count) bytes",
                nextStep: "keep large contents in files, and mount them with \"volumes\"",
                at: nil
            )
            return nil
        }
        let (value, problems) = JSONReader.read(json)
        var hasGuessedImage = false
        for problem in problems {
            let guess = problem.keyless.flatMap { keyGuess(for: $0, depth: problem.depth, in: value) }
            hasGuessedImage = hasGuessedImage || guess?.key == .image
            report(
                "",
                expected: problem.expected,
                found: problem.found,
                nextStep: guess?.sentence ?? problem.hint,
                at: problem.position
            )
        }
        guard let value else { return nil }
        guard case .object(let members) = value.content else {
            reject(DocumentField(path: .document, value: value), expected: "a JSON object")
            return nil
        }
        reportRepeatedKeys(in: value, path: .document)
        let object = DocumentObject(path: .document, position: value.position, members: members)
        let definition = decode(object, isImageGuessed: hasGuessedImage)
        return errors.isEmpty ? definition : nil
    }

    private mutating func decode(_ object: DocumentObject, isImageGuessed: Bool) -> ServiceDefinition? {
        let unknown = warnOfUnknownKeys(in: object, known: DefinitionKey.allCases.map(\.rawValue))
        let image = require(
            .image,
            in: object,
            unknown,
            isGuessed: isImageGuessed,
            "an image reference such as nginx:1.27"
        )
        .flatMap { self.image($0) }
        let port = require(.port, in: object, unknown, "a number from 1 to 65535").flatMap { self.port($0) }
        // The remaining fields are decoded for their errors even when one of the two is missing.
        guard let placeholder = port ?? Port(1) else { return nil }
        var definition = ServiceDefinition(image: image ?? "", port: placeholder)
        decodeContainer(object, into: &definition)
        decodeRollout(object, into: &definition)
        decodeTraffic(object, into: &definition)
        decodePlacement(object, into: &definition)
        warnOfOddities(in: definition, object)
        return image == nil || port == nil ? nil : definition
    }

    private mutating func require(
        _ key: DefinitionKey,
        in object: DocumentObject,
        _ unknown: [String: String],
        isGuessed: Bool = false,
        _ expected: String
    ) -> DocumentField? {
        if let field = object[key.rawValue] { return field }
        if !isGuessed {
            let meant = unknown.filter { $0.value == key.rawValue }.keys.min()
            let step = meant.map { "did you mean \"\(key.rawValue)\" where it says \(Shown.string($0))?" }
            report(key.rawValue, expected: expected, found: "nothing", nextStep: step, at: object.position)
        }
        return nil
    }

    /// Reads a field into its property when it is present and valid.
    mutating func read<Value>(
        _ key: DefinitionKey,
        in object: DocumentObject,
        into place: inout Value,
        _ decode: (inout Self, DocumentField) -> Value?
    ) {
        guard let field = object[key.rawValue], let value = decode(&self, field) else { return }
        place = value
    }
}

extension ServiceDefinition {
    /// Decodes a document; never traps, whatever the bytes.
    ///
    /// - Parameter json: The document, at most 1 MiB of JSON (RFC 8259).
    /// - Returns: The definition or all errors, and the warnings.
    package static func decode(_ json: some Collection<UInt8>) -> DefinitionReport {
        var decoder = DefinitionDecoder()
        let definition = decoder.decode(json)
        func isBefore(_ left: SourcePosition?, _ right: SourcePosition?) -> Bool {
            guard let left, let right else { return left != nil && right == nil }
            return left < right
        }
        return DefinitionReport(
            definition: decoder.errors.isEmpty ? definition : nil,
            errors: decoder.errors.sorted { isBefore($0.position, $1.position) },
            warnings: decoder.warnings.sorted { isBefore($0.position, $1.position) }
        )
    }
}
