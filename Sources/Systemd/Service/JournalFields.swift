package import Logging

/// The fields of one journal entry (systemd.journal-fields(7)).
package struct JournalFields: Equatable, Sendable {
    /// The fields as "NAME=value", in order.
    package private(set) var fields: [String] = []

    /// Makes the fields of a log event.
    ///
    /// A metadata key becomes a field in upper case: `service.id` becomes SERVICE_ID, and `message.id` is systemd's MESSAGE_ID.
    /// An error, with its causes, becomes ERROR, and is appended to the message unless it is already in it.
    ///
    /// - Parameters:
    ///   - event: The log event.
    ///   - metadata: All metadata that apply to it, including its own.
    package init(_ event: LogEvent, metadata: Logger.Metadata) {
        let error = event.error.map(Self.chain)
        let cause = error ?? metadata["error"].map(Self.text)
        var message = event.message.description
        if let cause, !message.contains(cause) { message += ": \(cause)" }
        add("MESSAGE", message)
        add("PRIORITY", "\(Self.priority(event.level))")
        add("CODE_FILE", event.file)
        add("CODE_LINE", "\(event.line)")
        add("CODE_FUNC", event.function)
        if let error { add("ERROR", error) }
        for (key, value) in metadata.sorted(by: { $0.key < $1.key }) where !(error != nil && key == "error") {
            guard let name = Self.name(key) else { continue }
            add(name, Self.text(value))
        }
    }

    /// One line for a terminal: the message, followed by the metadata.
    package static func line(_ event: LogEvent, metadata: Logger.Metadata) -> String {
        let message = JournalFields(event, metadata: metadata).fields[0].dropFirst("MESSAGE=".count)
        let details = metadata.filter { $0.key != "error" && $0.key != "message.id" }.sorted { $0.key < $1.key }
            .map { "\($0.key)=\(text($0.value))" }
        let line = ([event.level.rawValue + ": " + message] + details).joined(separator: " ")
        return String(line.map { $0.isNewline ? " " : $0 })
    }

    private mutating func add(_ name: String, _ value: String) { fields.append("\(name)=\(value)") }

    /// syslog(3)'s levels.
    private static func priority(_ level: Logger.Level) -> Int {
        switch level {
        case .critical: 2
        case .error: 3
        case .warning: 4
        case .notice: 5
        case .info: 6
        case .debug, .trace: 7
        }
    }

    /// The name of a field: at most 64 upper case letters, digits and underscores, beginning with a letter.
    ///
    /// journald drops entries with other names, and reserves names with a leading underscore.
    private static func name(_ key: String) -> String? {
        let characters = key.uppercased().unicodeScalars.map { scalar in
            ("A"..."Z").contains(scalar) || ("0"..."9").contains(scalar) ? Character(scalar) : "_"
        }
        let name = String(String(characters).drop { $0 == "_" || $0.isNumber }.prefix(64))
        let taken = ["MESSAGE", "PRIORITY", "CODE_FILE", "CODE_LINE", "CODE_FUNC"]
        return name.isEmpty || taken.contains(name) ? nil : name
    }

    private static func text(_ value: Logger.MetadataValue) -> String {
        switch value {
        case .string(let text): text
        case .stringConvertible(let value): value.description
        case .array(let values): values.map(text).joined(separator: ", ")
        case .dictionary(let values):
            values.sorted { $0.key < $1.key }.map { "\($0.key)=\(text($0.value))" }.joined(separator: ", ")
        }
    }

    /// An error's text, followed by that of its cause, and so on; each text once.
    private static func chain(_ error: any Error) -> String {
        var texts: [String] = []
        var next: (any Error)? = error
        while let current = next, texts.count < 8 {
            let text = String(describing: current)
            if !texts.contains(where: { $0.contains(text) }) { texts.append(text) }
            next = (current as? any CausedError)?.cause
        }
        return texts.joined(separator: ": ")
    }
}

/// An error that knows its cause, and doesn't repeat it in its description.
package protocol CausedError: Error {
    var cause: (any Error)? { get }
}
