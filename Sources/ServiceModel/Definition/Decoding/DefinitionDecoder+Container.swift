import ImageReferences

extension DefinitionDecoder {
    /// Decodes what the container is made of.
    mutating func decodeContainer(_ object: DocumentObject, into definition: inout ServiceDefinition) {
        read(.healthCheck, in: object, into: &definition.healthCheck) { $0.healthCheck($1) }
        read(.environment, in: object, into: &definition.environment) { $0.environment($1) }
        read(.volumes, in: object, into: &definition.volumes) { $0.volumes($1) }
        read(.command, in: object, into: &definition.command) { $0.commandLine($1) }
        read(.entrypoint, in: object, into: &definition.entrypoint) { $0.commandLine($1) }
        read(.user, in: object, into: &definition.user) { $0.user($1) }
        read(.network, in: object, into: &definition.network) { $0.network($1) }
        read(.labels, in: object, into: &definition.labels) { $0.labels($1) }
        read(.hostname, in: object, into: &definition.hostname) { decoder, field in
            decoder.text(field, expected: "a host name of at most 64 letters, digits, \"-\" and \".\"") {
                Names.isHost($0, maximumLength: 64)
            }
        }
        read(.memory, in: object, into: &definition.memory) { $0.memory($1) }
        read(.cpus, in: object, into: &definition.cpus) { $0.cpus($1) }
        read(.pids, in: object, into: &definition.pids) { $0.integer($1, in: 1...4_194_304) }
        read(.ulimits, in: object, into: &definition.ulimits) { $0.ulimits($1) }
        read(.stopSignal, in: object, into: &definition.stopSignal) { $0.stopSignal($1) }
    }

    /// An image reference.
    mutating func image(_ field: DocumentField) -> String? {
        let expected = "an image reference such as nginx:1.27 or registry.example.org/team/web:2"
        guard let text = field.text else {
            reject(field, expected: expected)
            return nil
        }
        if let problem = ImageReference.problem(in: text) {
            reject(field, expected: expected, nextStep: problem)
            return nil
        }
        return text
    }

    private mutating func user(_ field: DocumentField) -> String? {
        let expected = "a user such as \"www-data\", 1000 or \"1000:1000\""
        if case .number(let number) = field.value.content, let id = number.integer, (0...4_294_967_294).contains(id) {
            return String(id)
        }
        return text(field, expected: expected) { text in
            let parts = text.split(separator: ":", omittingEmptySubsequences: false)
            return parts.count <= 2 && parts.allSatisfy { !$0.isEmpty && Names.isVisible($0) && !$0.contains("/") }
        }
    }

    private mutating func network(_ field: DocumentField) -> String? {
        let expected = "the name of a Docker network"
        if let text = field.text, ["host", "none"].contains(text) || text.hasPrefix("container:") {
            reject(
                field,
                expected: expected,
                nextStep: "each container needs an address of its own, so that two revisions can run side by side"
            )
            return nil
        }
        return text(field, expected: expected, where: Names.isDockerObject)
    }

    private mutating func labels(_ field: DocumentField) -> [String: String]? {
        guard let object = field.object else {
            reject(field, expected: "an object of labels, such as {\"team\": \"web\"}")
            return nil
        }
        var labels: [String: String] = [:]
        for member in object.members {
            let path = object.path(of: member.key)
            let label = DocumentField(path: path, value: member.value)
            if member.key.isEmpty || member.key.utf8.contains(0) || member.key.hasPrefix("service-manager.") {
                report(
                    path,
                    expected: "a label's name that doesn't begin with \"service-manager.\"",
                    found: Shown.string(member.key),
                    nextStep: member.key.isEmpty ? nil : "those are the service manager's own",
                    at: member.keyPosition
                )
            }
            labels[member.key] = scalar(label, expected: "a text, a number, true or false", isSecret: false)
        }
        return labels
    }

    /// A text, a number or a truth value as text, without NUL.
    mutating func scalar(_ field: DocumentField, expected: String, isSecret: Bool) -> String? {
        switch field.value.content {
        case .string(let text):
            if !text.utf8.contains(0) { return text }
            reject(field, expected: expected, found: "a text with a NUL character")
        case .number(let number): return number.text
        case .bool(let value): return String(value)
        case .null, .array, .object, .invalid:
            reject(field, expected: expected, found: isSecret ? field.value.shownKind : nil)
        }
        return nil
    }

    private mutating func stopSignal(_ field: DocumentField) -> String? {
        if case .number(let number) = field.value.content, let value = number.integer, (1...64).contains(value) {
            return String(value)
        }
        guard let signal = field.text.flatMap(Names.signal) else {
            reject(field, expected: "a signal such as \"SIGQUIT\", or its number from 1 to 64")
            return nil
        }
        return signal
    }
}
