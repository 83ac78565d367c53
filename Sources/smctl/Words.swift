import ArgumentParser
import ServiceModel

/// The verbs of the command line, and what is said where one isn't known.
enum Words {
    private static let verbs = Smctl.configuration.subcommands.map { $0._commandName }

    /// What is wrong with the verb that the arguments name; nil when it is one, or none is named.
    static func complaint(_ arguments: [String]) -> Complaint? {
        var words = arguments[...]
        // What may stand in front of a verb.
        while let first = words.first, first.hasPrefix("-") {
            words = words.dropFirst(first == "--socket" ? 2 : 1)
        }
        if words.first == "help" {
            words = words.dropFirst()
            while words.first?.hasPrefix("-") == true { words = words.dropFirst() }
        }
        guard let word = words.first, !verbs.contains(word), word != "help" else { return nil }
        if let advice = elsewhere[word] { return Complaint("there is no command \(word): \(advice)") }
        let guess = Spelling.guess(word, among: verbs).map { "; did you mean: smctl \($0)" } ?? ""
        return Complaint("there is no command \(word)\(guess) — smctl help lists all commands")
    }

    /// What other tools call what is done otherwise here.
    private static let elsewhere = [
        "scale": "set \"replicas\" in the service's definition",
        "apply":
            "save the definition in its source: a file in /etc/service-managerd/services, or a document in CouchDB",
        "deploy":
            "save the definition in its source: a file in /etc/service-managerd/services, or a document in CouchDB",
        "create": "save a definition in its source: a file in /etc/service-managerd/services, or a document in CouchDB",
        "delete": "delete the service's definition in its source: its file, or its document in CouchDB",
        "rm": "delete the service's definition in its source: its file, or its document in CouchDB",
        "ps": "did you mean: smctl status --wide",
        "ls": "did you mean: smctl status",
        "list": "did you mean: smctl status",
        "inspect": "did you mean: smctl show, or smctl get",
        "describe": "did you mean: smctl show",
        "cancel": "did you mean: smctl abort",
        "undo": "did you mean: smctl rollback",
    ]
}
