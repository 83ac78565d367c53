import PercentEncoding

/// The parts of a URL as text, not yet decoded.
struct URLParts {
    let scheme: String
    let host: String
    private let userInfo: String?
    private let portText: String?
    private let path: String

    init(_ url: String) throws(CouchDBLocationError) {
        guard let separator = Self.range(of: "://", in: url), separator.lowerBound > url.startIndex else {
            throw .invalid(url: Self.redacted(url), found: "no scheme", expected: "http:// or https:// at the start")
        }
        scheme = String(url[..<separator.lowerBound])
        let rest = url[separator.upperBound...]
        let pathStart = rest.firstIndex { $0 == "/" || $0 == "?" || $0 == "#" } ?? rest.endIndex
        let authority = rest[..<pathStart]
        path = String(rest[pathStart...])
        var hostAndPort = authority
        if let at = authority.lastIndex(of: "@") {
            userInfo = String(authority[..<at])
            hostAndPort = authority[authority.index(after: at)...]
        } else {
            userInfo = nil
        }
        if hostAndPort.first == "[", let close = hostAndPort.firstIndex(of: "]") {
            host = String(hostAndPort[hostAndPort.index(after: hostAndPort.startIndex)..<close])
            let tail = hostAndPort[hostAndPort.index(after: close)...]
            portText = tail.first == ":" ? String(tail.dropFirst()) : tail.isEmpty ? nil : String(tail)
        } else {
            let colon = hostAndPort.lastIndex(of: ":")
            host = String(hostAndPort[..<(colon ?? hostAndPort.endIndex)])
            portText = colon.map { String(hostAndPort[hostAndPort.index(after: $0)...]) }
        }
        guard !host.isEmpty, !host.utf8.contains(where: { $0 <= 0x20 || $0 == UInt8(ascii: "%") }) else {
            throw problem("the host \"\(host)\"", expected: "a host name or an address")
        }
    }

    func port(defaultPort: Int) throws(CouchDBLocationError) -> Int {
        guard let portText else { return defaultPort }
        guard portText.utf8.allSatisfy({ (48...57).contains($0) }), let port = Int(portText),
            (1...65_535).contains(port)
        else {
            throw problem("the port \"\(portText)\"", expected: "a number from 1 to 65535")
        }
        return port
    }

    /// The path without trailing slashes; it must name a database and nothing else.
    func databasePath() throws(CouchDBLocationError) -> String {
        guard !path.contains("?"), !path.contains("#") else {
            throw problem("a query or fragment", expected: "a URL that ends with the name of the database")
        }
        let segments = path.split(separator: "/")
        guard !segments.isEmpty else {
            throw problem("no database", expected: "the name of the database as the path")
        }
        guard path.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F && $0 != UInt8(ascii: "\"") }) else {
            throw problem("a character that a URL can't hold", expected: "that it is written as %XX")
        }
        return segments.reduce(into: "") { $0 += "/" + $1 }
    }

    func credentials() throws(CouchDBLocationError) -> CouchDBCredentials? {
        guard let userInfo, !userInfo.isEmpty else { return nil }
        let colon = userInfo.firstIndex(of: ":")
        let user = try decode(String(userInfo[..<(colon ?? userInfo.endIndex)]), part: "user name")
        let encodedPassword = colon.map { String(userInfo[userInfo.index(after: $0)...]) } ?? ""
        return CouchDBCredentials(user: user, password: try decode(encodedPassword, part: "password"))
    }

    func decode(_ text: String, part: String) throws(CouchDBLocationError) -> String {
        guard let decoded = text.percentDecoded else {
            throw problem("a \(part) with a wrong %XX", expected: "UTF-8, percent-encoded")
        }
        return decoded
    }

    func problem(_ found: String, expected: String) -> CouchDBLocationError {
        .invalid(url: "\(scheme)://\(host)\(portText.map { ":" + $0 } ?? "")\(path)", found: found, expected: expected)
    }

    /// Leaves out everything before the last `@`, wherever it is.
    private static func redacted(_ url: String) -> String {
        guard let at = url.lastIndex(of: "@") else { return url }
        return "…" + url[at...]
    }

    private static func range(of needle: String, in text: String) -> Range<String.Index>? {
        var start = text.startIndex
        while start < text.endIndex {
            if text[start...].hasPrefix(needle) {
                return start..<text.index(start, offsetBy: needle.count)
            }
            start = text.index(after: start)
        }
        return nil
    }
}
