extension DefinitionDecoder {
    /// An object, or a list of `NAME=value`; values are never shown, and `null` is the empty text.
    mutating func environment(_ field: DocumentField) -> [EnvironmentVariable]? {
        if let object = field.object {
            return object.members.compactMap { member in
                let path = object.path(of: member.key)
                guard Self.isVariableName(member.key) else {
                    report(
                        path,
                        expected: "the name of a variable: not empty, without \"=\" and NUL",
                        found: Shown.string(member.key),
                        at: member.keyPosition
                    )
                    return nil
                }
                return variable(member.key, DocumentField(path: path, value: member.value))
            }
        }
        guard let elements = field.elements else {
            reject(
                field,
                expected: "an object, such as {\"THING\": \"xyz\"}, or a list of \"NAME=value\"",
                found: field.value.shownKind
            )
            return nil
        }
        var seen: Set<String> = []
        return elements.compactMap { variable($0, &seen) }
    }

    private static func isVariableName(_ text: String) -> Bool {
        !text.isEmpty && !text.utf8.contains(UInt8(ascii: "=")) && !text.utf8.contains(0)
    }

    private mutating func variable(_ name: String, _ field: DocumentField) -> EnvironmentVariable? {
        let expected = "a text, a number, true, false, null, {\"file\": \"/path\"} or {\"credential\": \"NAME\"}"
        if field.value.content == .null { return EnvironmentVariable(name: name, value: .text(Redacted(""))) }
        guard let object = field.object else {
            return scalar(field, expected: expected, isSecret: true)
                .map { EnvironmentVariable(name: name, value: .text(Redacted($0))) }
        }
        warnOfUnknownKeys(in: object, known: ["file", "credential"])
        switch (object["file"], object["credential"]) {
        case (let file?, nil): return path(file).map { EnvironmentVariable(name: name, value: .file($0)) }
        case (nil, let credential?):
            return text(credential, expected: "the name of a systemd credential", where: Self.isCredentialName)
                .map { EnvironmentVariable(name: name, value: .credential($0)) }
        case (nil, nil):
            reject(field, expected: expected)
            return nil
        case (_?, _?):
            reject(field, expected: "either \"file\" or \"credential\"", found: "both")
            return nil
        }
    }

    /// Whether systemd accepts a text as the name of a credential (`credential_name_valid`): it must be a file name.
    private static func isCredentialName(_ text: some StringProtocol) -> Bool {
        !text.isEmpty && text != "." && text != ".." && text.utf8.count <= 255
            && text.utf8.allSatisfy { $0 > 0x20 && $0 < 0x7f && $0 != UInt8(ascii: "/") && $0 != UInt8(ascii: ":") }
    }

    private mutating func variable(_ field: DocumentField, _ seen: inout Set<String>) -> EnvironmentVariable? {
        let expected = "a text such as \"NAME=value\""
        guard let text = field.text else {
            reject(field, expected: expected, found: field.value.shownKind)
            return nil
        }
        guard let equals = text.firstIndex(of: "="), equals != text.startIndex, !text.utf8.contains(0) else {
            reject(
                field,
                expected: expected,
                found: text.contains("=") ? "a text without a name" : "a text without \"=\""
            )
            return nil
        }
        let name = String(text[..<equals])
        guard seen.insert(name).inserted else {
            reject(field, expected: "each variable once", found: "\(Shown.name(name)) again")
            return nil
        }
        return EnvironmentVariable(name: name, value: .text(Redacted(String(text[text.index(after: equals)...]))))
    }

    /// An absolute path.
    mutating func path(_ field: DocumentField) -> String? {
        text(field, expected: "an absolute path", where: Self.isAbsolutePath)
    }

    /// Whether a text is an absolute path without `..` and NUL.
    static func isAbsolutePath(_ text: some StringProtocol) -> Bool {
        text.hasPrefix("/") && !text.utf8.contains(0) && !text.split(separator: "/").contains("..")
            && text.utf8.count < 4096
    }
}
