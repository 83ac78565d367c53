import ArgumentParser

/// Prints the JSON Schema of definitions, for editors and for programs that write definitions.
struct Schema: Verb {
    static let configuration = CommandConfiguration(
        abstract: "Print the JSON Schema of service definitions; service-managerd needn't run."
    )

    func run(_ output: Output) async throws -> ExitStatus {
        output.line(DefinitionSchema.text)
        return .ok
    }
}
