import FoundationEssentials

/// A request as the stand-in got it.
package struct StandInCouchDBRequest: Sendable {
    package let method: String
    /// The target as sent, percent-encoded.
    package let target: String
    package let headers: [(name: String, value: String)]
    package let body: [UInt8]

    func header(_ name: String) -> String? {
        headers.first { $0.name.lowercased() == name.lowercased() }?.value
    }

    /// The path's segments, decoded, a plus as a space; nil if one is malformed.
    var segments: [String]? {
        let path = target.split(separator: "?", maxSplits: 1, omittingEmptySubsequences: false)[0]
        var decoded: [String] = []
        for segment in path.split(separator: "/") {
            guard let text = Self.decode(String(segment)) else { return nil }
            decoded.append(text)
        }
        return decoded
    }

    var query: [String: String] {
        let parts = target.split(separator: "?", maxSplits: 1)
        guard parts.count == 2 else { return [:] }
        return parts[1].split(separator: "&").reduce(into: [:]) { query, pair in
            let halves = pair.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            query[String(halves[0])] = halves.count == 2 ? Self.decode(String(halves[1])) : ""
        }
    }

    func isTrue(_ name: String) -> Bool { query[name] == "true" }

    /// User and password; nil without Basic credentials, an error if they aren't Base64.
    func credentials() throws(StandInCouchDBRefusal) -> (user: String, password: String)? {
        guard let header = header("Authorization"), header.hasPrefix("Basic ") else { return nil }
        guard let data = Data(base64Encoded: String(header.dropFirst(6))),
            let text = String(validating: data, as: UTF8.self)
        else {
            let reason = "Authorization header has invalid base64 value"
            throw StandInCouchDBRefusal(status: 400, error: "bad_request", reason: reason)
        }
        let halves = text.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
        return (String(halves[0]), halves.count == 2 ? String(halves[1]) : "")
    }

    private static func decode(_ text: String) -> String? {
        var decoded: [UInt8] = []
        var bytes = text.utf8.makeIterator()
        while let byte = bytes.next() {
            switch byte {
            case UInt8(ascii: "+"): decoded.append(0x20)
            case UInt8(ascii: "%"):
                guard let high = bytes.next(), let low = bytes.next(),
                    let value = UInt8(String(decoding: [high, low], as: UTF8.self), radix: 16)
                else { return nil }
                decoded.append(value)
            default: decoded.append(byte)
            }
        }
        return String(validating: decoded, as: UTF8.self)
    }
}
