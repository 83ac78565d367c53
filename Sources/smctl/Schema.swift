import ArgumentParser

/// Prints the JSON Schema of definitions, for editors and for programs that write definitions.
struct Schema: Verb {
    static let configuration = CommandConfiguration(
        abstract: "Print the JSON Schema of service definitions; service-managerd needn't run."
    )

    func run(_ output: Output) async throws -> ExitStatus {
        // Docs/service-definition.schema.json; the package manager makes a constant of it.
        let text = String(decoding: PackageResources.service_definition_schema_json, as: UTF8.self)
        output.line(text.hasSuffix("\n") ? String(text.dropLast()) : text)
        return .ok
    }
}
