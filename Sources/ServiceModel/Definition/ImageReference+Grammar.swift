package import ImageReferences

/// The grammar of image references (github.com/distribution/reference).
extension ImageReference {
    /// What is wrong with a reference; nil when nothing is.
    package static func problem(in text: String) -> String? {
        guard !text.isEmpty else { return "it is empty" }
        guard text.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7f }) else {
            return "it has a space, or a character that isn't ASCII"
        }
        if text.contains("://") { return "it has no scheme such as https://" }
        let reference = ImageReference(text)
        if let digest = reference.digest {
            if digest.contains(where: \.isUppercase), isDigest(digest.lowercased()[...]) {
                return "the hexadecimal digits of a digest are in lower case"
            }
            guard isDigest(digest) else {
                return "after \"@\" comes a digest such as sha256: with 64 hexadecimal digits"
            }
        }
        guard reference.tag.map(isTag) ?? true else {
            return "after \":\" comes a tag of 1 to 128 letters, digits, \"_\", \".\" and \"-\""
        }
        guard reference.name.utf8.count <= 255 else { return "its name is longer than 255 characters" }
        var components = reference.path.split(separator: "/", omittingEmptySubsequences: false)
        if let domain = reference.domain, !isHost(domain) { components.insert(domain, at: 0) }
        return components.lazy.compactMap(problem(inComponent:)).first
    }

    private static func problem(inComponent text: Substring) -> String? {
        if text.isEmpty { return "a part of its name is empty" }
        if text.contains(where: \.isUppercase) { return "names of repositories are in lower case" }
        var separator: [UInt8] = []
        var isSound = true
        for byte in text.utf8 {
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "0")...UInt8(ascii: "9"):
                isSound = isSound && isSeparator(separator)
                separator = []
            default: separator.append(byte)
            }
        }
        let beginsAndEndsWell = [text.utf8.first, text.utf8.last].allSatisfy { byte in
            byte.map { JSONReader.isDigit($0) || ($0 != UInt8(ascii: "_") && JSONReader.isLetter($0)) } ?? false
        }
        return isSound && beginsAndEndsWell ? nil : "\(Shown.string(text)) can't be part of a repository's name"
    }

    private static func isSeparator(_ bytes: [UInt8]) -> Bool {
        switch bytes {
        case [], [UInt8(ascii: ".")], [UInt8(ascii: "_")], [UInt8(ascii: "_"), UInt8(ascii: "_")]: true
        default: bytes.allSatisfy { $0 == UInt8(ascii: "-") }
        }
    }

    /// Whether a domain is a registry's host, with a port or without.
    private static func isHost(_ text: Substring) -> Bool {
        var host = text
        if let colon = text.lastIndex(of: ":"), text.last != "]" {
            let port = text[text.index(after: colon)...]
            guard !port.isEmpty, port.utf8.allSatisfy(JSONReader.isDigit) else { return false }
            host = text[..<colon]
        }
        if host.first == "[", host.last == "]" {
            return host.utf8.dropFirst().dropLast().allSatisfy { $0 == UInt8(ascii: ":") || Names.isHexadecimal($0) }
        }
        return Names.isHost(host, maximumLength: 255)
    }

    private static func isTag(_ text: Substring) -> Bool {
        guard let first = text.utf8.first, text.utf8.count <= 128 else { return false }
        return first != UInt8(ascii: ".") && first != UInt8(ascii: "-") && text.utf8.allSatisfy(Names.isWord)
    }

    /// Hexadecimal digits in lower case, as the registered algorithms have them (OCI image specification, descriptor.md).
    private static func isDigest(_ text: Substring) -> Bool {
        let parts = text.split(separator: ":", omittingEmptySubsequences: false)
        guard parts.count == 2, parts[0].utf8.first.map(JSONReader.isLetter) == true else { return false }
        let length = ["sha256": 64, "sha512": 128][String(parts[0])]
        return parts[1].utf8.allSatisfy {
            Names.isHexadecimal($0) && !(UInt8(ascii: "A")...UInt8(ascii: "F")).contains($0)
        }
            && length.map { parts[1].utf8.count == $0 } ?? (parts[1].utf8.count >= 32)
    }
}
