extension DefinitionDecoder {
    /// A kind, or an object with further fields.
    mutating func healthCheck(_ field: DocumentField) -> HealthCheck? {
        guard let object = field.object else {
            let plain: [(String, HealthCheck.Kind)] = [
                ("http", .http(HTTPProbe())), ("tcp", .tcp), ("docker", .docker), ("none", .none),
            ]
            if let kind = plain.first(where: { $0.0 == field.text })?.1 { return HealthCheck(kind) }
            if field.text == "up" { return HealthCheck(.http(.up)) }
            reject(
                field,
                expected: "\"http\", \"up\", \"tcp\", \"docker\", \"none\", or an object such as "
                    + "{\"kind\": \"exec\", \"command\": [\"check\"]}",
                nextStep: field.text.flatMap(Self.stepForKind)
            )
            return nil
        }
        warnOfUnknownKeys(in: object, known: HealthCheckKey.allCases.map(\.rawValue))
        let errorsBefore = errors.count
        var check = kind(object).map { HealthCheck($0) } ?? .implied
        readPart(.port, in: object, into: &check.port) { $0.port($1) }
        readPart(.interval, in: object, into: &check.interval) {
            $0.duration($1, in: .milliseconds(100) ... .seconds(3600))
        }
        readPart(.startupInterval, in: object, into: &check.startupInterval) {
            $0.duration($1, in: .milliseconds(50) ... .seconds(3600))
        }
        readPart(.timeout, in: object, into: &check.timeout) {
            $0.duration($1, in: .milliseconds(10) ... .seconds(300))
        }
        readPart(.rise, in: object, into: &check.rise) { $0.integer($1, in: 1...100) }
        readPart(.fall, in: object, into: &check.fall) { $0.integer($1, in: 1...100) }
        readPart(.restartAfter, in: object, into: &check.restartAfter) { $0.integer($1, in: 1...10_000) }
        return errors.count == errorsBefore ? check : nil
    }

    private mutating func readPart<Value>(
        _ key: HealthCheckKey,
        in object: DocumentObject,
        into place: inout Value,
        _ decode: (inout Self, DocumentField) -> Value?
    ) {
        guard let field = object[key.rawValue], let value = decode(&self, field) else { return }
        place = value
    }

    /// The names of the kinds, as written in documents.
    private enum KindName: String, CaseIterable {
        case http, tcp, docker, exec, none
    }

    /// What a probe does.
    ///
    /// Without `kind` the other fields decide: a command means exec, a path or a status means http.
    ///
    /// Nil when no field decides, and when the value was rejected.
    private mutating func kind(_ object: DocumentObject) -> HealthCheck.Kind? {
        let httpKeys: [HealthCheckKey] = [.path, .host, .status, .headers, .json]
        let name: KindName
        if let field = object[HealthCheckKey.kind.rawValue] {
            guard let known = field.text.flatMap(KindName.init(rawValue:)) else {
                reject(
                    field,
                    expected: Shown.choice(KindName.allCases.map { "\"\($0.rawValue)\"" }),
                    nextStep: field.text.flatMap(Self.stepForKind)
                )
                return nil
            }
            name = known
        } else if object[HealthCheckKey.command.rawValue] != nil {
            name = .exec
        } else if httpKeys.contains(where: { object[$0.rawValue] != nil }) {
            name = .http
        } else {
            return nil
        }
        let idle: [HealthCheckKey]
        switch name {
        case .http: idle = [.command]
        case .tcp: idle = httpKeys + [.command]
        case .exec: idle = httpKeys + [.port]
        case .docker, .none: idle = httpKeys + [.port, .command]
        }
        for key in idle {
            guard let field = object[key.rawValue] else { continue }
            warn(field.path, "has no effect with kind \"\(name.rawValue)\"", at: field.position)
        }
        let command = object[HealthCheckKey.command.rawValue].flatMap { commandLine($0) }
        let probe = httpProbe(object)
        switch name {
        case .http: return .http(probe)
        case .tcp: return .tcp
        case .docker: return .docker
        case .none: return HealthCheck.Kind.none
        case .exec:
            if object[HealthCheckKey.command.rawValue] == nil {
                report(
                    object.path(of: HealthCheckKey.command.rawValue),
                    expected: "a command for kind \"exec\"",
                    found: "nothing",
                    at: object.position
                )
            }
            return command.map { .exec($0) }
        }
    }

    private static func stepForKind(_ text: String) -> String? {
        if text == "exec" { return "a command needs an object: {\"kind\": \"exec\", \"command\": [\"check\"]}" }
        if text.hasPrefix("/") {
            return "a path needs an object: {\"kind\": \"http\", \"path\": \(Shown.string(text))}"
        }
        if text == "https" { return "a probe speaks plain HTTP; \"tcp\" checks that the port is open" }
        if let guess = Spelling.guess(text, among: KindName.allCases.map(\.rawValue)) {
            return "did you mean \"\(guess)\"?"
        }
        return "the predecessor took any text except \"tcp\" for HTTP: write \"http\" for that"
    }

    private mutating func httpProbe(_ object: DocumentObject) -> HTTPProbe {
        var probe = HTTPProbe()
        readPart(.path, in: object, into: &probe.path) { decoder, field in
            decoder.text(field, expected: "a path that begins with \"/\", without spaces and \"#\"") {
                $0.hasPrefix("/") && Names.isVisible($0) && !$0.contains("#") && $0.utf8.count <= 2048
            }
        }
        readPart(.host, in: object, into: &probe.host) { decoder, field in
            decoder.text(field, expected: "a host name, with or without a port") {
                !$0.isEmpty && Names.isVisible($0) && !$0.contains("/") && $0.utf8.count <= 261
            }
        }
        readPart(.status, in: object, into: &probe.status) { $0.statuses($1) }
        readPart(.headers, in: object, into: &probe.headers) { $0.headers($1) }
        readPart(.json, in: object, into: &probe.json) { $0.expectedMembers($1) }
        return probe
    }

    /// The members that a JSON body must have.
    private mutating func expectedMembers(_ field: DocumentField) -> [String: JSONExpectation]? {
        guard let object = field.object, !object.members.isEmpty else {
            reject(field, expected: "an object of members that the body must have, such as {\"status\": \"up\"}")
            return nil
        }
        var members: [String: JSONExpectation] = [:]
        for member in object.members {
            members[member.key] = expectation(DocumentField(path: object.path(of: member.key), value: member.value))
        }
        return members.count == object.members.count ? members : nil
    }

    private mutating func expectation(_ field: DocumentField) -> JSONExpectation? {
        switch field.value.content {
        case .null: return .null
        case .bool(let value): return .bool(value)
        case .string(let text): return .text(text)
        case .object: return expectedMembers(field).map { .object($0) }
        case .number(let number):
            if let value = number.double { return .number(value) }
            reject(field, expected: "a number that fits into 64 bits")
        case .array, .invalid:
            reject(field, expected: "a text, a number, true, false, null or an object")
        }
        return nil
    }

    /// A status, or a list of them.
    private mutating func statuses(_ field: DocumentField) -> [ClosedRange<Int>]? {
        guard let elements = field.elements else { return status(field).map { [$0] } }
        guard !elements.isEmpty else {
            reject(field, expected: "at least one status")
            return nil
        }
        let values = elements.compactMap { status($0) }
        return values.count == elements.count ? values : nil
    }

    /// `200`, `"200-399"` or `"2xx"`.
    private mutating func status(_ field: DocumentField) -> ClosedRange<Int>? {
        var range: ClosedRange<Int>?
        switch field.value.content {
        case .number(let number): range = number.integer.map { $0...$0 }
        case .string(let text):
            let parts = text.split(separator: "-", omittingEmptySubsequences: false).map { Int($0) }
            if parts.count == 2, let low = parts[0], let high = parts[1], low <= high { range = low...high }
            if text.hasSuffix("xx"), text.utf8.count == 3, let hundreds = Int(text.prefix(1)) {
                range = hundreds * 100...hundreds * 100 + 99
            }
        case .null, .bool, .array, .object, .invalid: break
        }
        guard let range, (100...599).contains(range.lowerBound), range.upperBound <= 599 else {
            reject(field, expected: "a status from 100 to 599, such as 200, \"200-399\" or \"2xx\"")
            return nil
        }
        return range
    }

    private mutating func headers(_ field: DocumentField) -> [String: String]? {
        guard let object = field.object else {
            reject(field, expected: "an object of headers, such as {\"Accept\": \"text/plain\"}")
            return nil
        }
        var headers: [String: String] = [:]
        for member in object.members {
            let path = object.path(of: member.key)
            guard Names.isHeader(member.key), member.key.lowercased() != "host" else {
                report(
                    path,
                    expected: "the name of a header",
                    found: Shown.string(member.key),
                    nextStep: member.key.lowercased() == "host" ? "write it as \"host\" beside \"headers\"" : nil,
                    at: member.keyPosition
                )
                continue
            }
            // A header may carry a token, so its value is never shown.
            guard case .string(let text) = member.value.content, text.utf8.allSatisfy({ $0 >= 0x20 && $0 != 0x7f })
            else {
                let kind = member.value.shownKind
                reject(
                    DocumentField(path: path, value: member.value),
                    expected: "a text without control characters",
                    found: kind == "a text" ? "a text with one" : kind
                )
                continue
            }
            headers[member.key] = text
        }
        return headers
    }
}
