package import Addresses
package import ServiceModel

/// Which of a service's units a `launch` runs for.
package enum LaunchInstance: Hashable, Sendable, CustomStringConvertible {
    case manager
    case revision(Revision)

    package init?(_ text: some StringProtocol) {
        if text == "manager" {
            self = .manager
        } else if let revision = try? Revision(String(text)) {
            self = .revision(revision)
        } else {
            return nil
        }
    }

    package var description: String {
        switch self {
        case .manager: "manager"
        case .revision(let revision): revision.rawValue
        }
    }
}

/// A unit of a service: `web@manager.service`.
package struct UnitName: Hashable, Sendable, CustomStringConvertible {
    package var service: ServiceID
    package var instance: LaunchInstance

    package init(_ service: ServiceID, _ instance: LaunchInstance) {
        self.service = service
        self.instance = instance
    }

    package var description: String { "\(service)@\(instance).service" }
}

/// What a `launch` sends: lines of words with one space between them (protocol version 1).
package enum LaunchMessage: Equatable, Sendable {
    /// Its first line. Without addresses, the document's are used.
    case hello(UnitName, addresses: [ServiceAddress]?, couchDBURL: String?, processID: Int32)
    /// It was asked to stop.
    case stopping
    /// Output up to this time, as Docker stamps it, is in the journal.
    case position(ContainerID, String)
    /// All output of a container is in the journal.
    case copied(ContainerID)
    /// The connection to Docker for a container has ended. `launch` connects again when it is told `logs`.
    case waiting(ContainerID)
    /// A container's output can't be read.
    case logFailed(ContainerID, String)

    /// - Throws: `LaunchProtocolError` with the line.
    package init(line: String) throws(LaunchProtocolError) {
        let words = line.split(separator: " ", maxSplits: 6, omittingEmptySubsequences: false).map(String.init)
        switch (words.first, words.count) {
        case ("hello", 7): self = try Self.hello(words, line)
        case ("stopping", 1): self = .stopping
        case ("position", 3): self = .position(ContainerID(words[1]), words[2])
        case ("copied", 2): self = .copied(ContainerID(words[1]))
        case ("waiting", 2): self = .waiting(ContainerID(words[1]))
        case ("log-failed", 3...): self = .logFailed(ContainerID(words[1]), words.dropFirst(2).joined(separator: " "))
        default:
            throw LaunchProtocolError(
                line: line,
                reason: "expected hello, stopping, position, copied, waiting or log-failed"
            )
        }
    }

    private static func hello(_ words: [String], _ line: String) throws(LaunchProtocolError) -> LaunchMessage {
        guard words[1] == "1" else { throw LaunchProtocolError(line: line, reason: "expected protocol version 1") }
        guard let service = try? ServiceID(words[2]) else {
            throw LaunchProtocolError(line: line, reason: "\(Self.shown(words[2])) isn't a valid service name")
        }
        guard let instance = LaunchInstance(words[3]) else {
            throw LaunchProtocolError(line: line, reason: "\(Self.shown(words[3])) is neither manager nor a revision")
        }
        var addresses: [ServiceAddress]?
        if words[4] != "-" {
            guard let address = try? ServiceAddress(words[4]) else {
                throw LaunchProtocolError(
                    line: line,
                    reason:
                        "expected a service address such as 172.18.0.1:7001 as launch's third argument, "
                        + "found \(Self.shown(words[4]))"
                )
            }
            addresses = [address]
        }
        guard let processID = Int32(words[6]) else {
            throw LaunchProtocolError(line: line, reason: "\(Self.shown(words[6])) isn't a process id")
        }
        return .hello(
            UnitName(service, instance),
            addresses: addresses,
            couchDBURL: words[5] == "-" ? nil : words[5],
            processID: processID
        )
    }
}

extension LaunchMessage {
    /// A word of a line as it may be shown: the URL of a database may contain a password.
    static func shown(_ word: some StringProtocol) -> String {
        word.contains("://") || word.contains("@")
            ? "a URL (not shown: it may have a password)" : String(word.prefix(120))
    }

    /// A line as it may be shown: without anything that could be a URL, or that follows one.
    ///
    /// Of `hello`, only the words before the URL are shown, wherever the line is broken.
    fileprivate static func shown(line: String) -> String {
        let words = line.split(separator: " ", omittingEmptySubsequences: false)
        let limit = words.first == "hello" ? 5 : words.count
        let plain = words.prefix(limit).prefix { !$0.contains("://") && !$0.contains("@") }.joined(separator: " ")
        let isWhole = plain.count == line.count && plain.count <= 120
        return plain.prefix(120) + (isWhole ? "" : " …")
    }
}

/// An invalid line.
package struct LaunchProtocolError: Error, Equatable, CustomStringConvertible {
    /// The line as it may be shown, without what may be a password.
    package let line: String
    package let reason: String

    init(line: String, reason: String) {
        self.line = LaunchMessage.shown(line: line)
        self.reason = reason
    }

    package var description: String { "launch sent \"\(line)\": \(reason)" }
}

/// What is sent to a `launch`.
package enum LaunchOrder: Equatable, Sendable {
    /// Its unit is ready.
    case ready
    /// One line for `systemctl status`.
    case status(String)
    /// The path of Docker's socket.
    case docker(String)
    /// Which version of Docker's API to speak: `1.47`.
    case dockerAPI(String)
    /// How long a stop may take, in seconds.
    case stopTimeout(Int)
    /// Copy a container's output, beginning after this time of Docker's (nil for the beginning), or continue with it.
    ///
    /// `launch` may connect to Docker within the next second.
    case logs(ContainerID, since: String?)
    /// Write this line to the unit's journal.
    case say(String)
    /// End with this exit code once all output is copied.
    case exit(Int)

    /// The line, without its line feed.
    package var line: String {
        switch self {
        case .ready: "ready"
        case .status(let text): "status \(text.replacing("\n", with: " "))"
        case .docker(let path): "docker \(path.replacing("\n", with: " "))"
        case .dockerAPI(let version): "docker-api \(version)"
        case .stopTimeout(let seconds): "stop-timeout \(seconds)"
        case .say(let text): "say \(text.replacing("\n", with: " "))"
        case .logs(let container, let since): "logs \(container.rawValue) \(since ?? "-")"
        case .exit(let code): "exit \(code)"
        }
    }
}
