import ArgumentParser

/// How what is shown is written.
enum OutputFormat: String, CaseIterable, ExpressibleByArgument {
    /// For people.
    case table
    /// With everything, and a schema that only grows.
    case json
    /// The same as JSON, to be read more easily.
    case yaml
    /// Only the names, one per line, for scripts.
    case name
}

/// Which of the formats is wanted.
struct FormatOptions: ParsableArguments {
    @Option(name: .shortAndLong, help: "How to write it: table, json, yaml or name.")
    var output = OutputFormat.table

    @Flag(help: "The same as --output json.")
    var json = false

    func validate() throws {
        if json, output != .table, output != .json {
            throw ValidationError("--json and --output \(output.rawValue) exclude each other")
        }
    }

    var format: OutputFormat { json ? .json : output }
}

extension Output {
    /// Writes a document in a format.
    ///
    /// - Parameters:
    ///   - document: What to write.
    ///   - format: How.
    ///   - isPretty: JSON on many lines, for people; otherwise on one, as NDJSON wants it.
    ///   - names: What there is of it as names.
    ///   - table: What there is of it for people.
    /// - Throws: What the document throws when it is encoded.
    func write(
        _ document: some Encodable,
        as format: OutputFormat,
        isPretty: Bool = true,
        names: [String],
        table: () -> [String]
    ) throws {
        switch format {
        case .table: for text in table() { line(text) }
        case .json: try json(document, isPretty: isPretty)
        case .yaml: try yaml(document)
        case .name: for name in names { line(style.text(name)) }
        }
    }
}
