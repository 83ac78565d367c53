/// What answers a probe's `GET` without being HTTP/1, recognized by its first bytes.
enum ForeignAnswer: CustomStringConvertible {
    /// A SETTINGS frame, which every HTTP/2 server sends first (RFC 9113, section 3.4).
    case http2
    /// A TLS record: an alert or a handshake (RFC 8446, section 5.1).
    case tls
    /// Anything else.
    case unknown([UInt8])

    /// Recognizes what doesn't begin like HTTP; nil for what does, and for what may still turn out to.
    ///
    /// - Parameters:
    ///   - bytes: What has been read from the connection.
    ///   - isWhole: Whether nothing more comes, or the line has ended.
    init?(_ bytes: ArraySlice<UInt8>, isWhole: Bool) {
        let start = Array(bytes.drop { $0 == UInt8(ascii: " ") }.prefix(9))
        let expected = Array("HTTP".utf8)
        guard !start.isEmpty else { return nil }
        if start.prefix(4).elementsEqual(expected.prefix(start.count)) {
            guard isWhole else { return nil }
            self = .unknown(Array(bytes.prefix(Self.shownCount)))
            return
        }
        // 24 bits of length, the type 4, the flags, and 0 as the stream identifier.
        if start[0] == 0, start.count == 9 || !isWhole {
            guard start.count == 9 else { return nil }
            if start[3] == 4, start[4] <= 1, start[5...].allSatisfy({ $0 == 0 }) {
                self = .http2
                return
            }
        }
        if start[0] == 0x15 || start[0] == 0x16 {
            if start.count < 3, !isWhole { return nil }
            if start.count >= 3, start[1] == 3, start[2] <= 4 {
                self = .tls
                return
            }
        }
        self = .unknown(Array(bytes.prefix(Self.shownCount)))
    }

    var description: String {
        switch self {
        case .http2: "it answers in HTTP/2, and a probe speaks HTTP/1.1: write \"health_check\": \"tcp\""
        case .tls: "it answers in TLS, and a probe doesn't speak it: write \"health_check\": \"tcp\""
        case .unknown(let bytes): Self.text(bytes[...])
        }
    }

    /// The sentence for an unknown answer.
    static func text(_ line: ArraySlice<UInt8>) -> String {
        "expected an HTTP answer, found \(shown(line)): \(HTTPAnswerReader.advice)"
    }

    private static let shownCount = 60

    /// The beginning of what was found, up to the end of the line, in printable characters.
    static func shown(_ line: ArraySlice<UInt8>) -> String {
        let text = line.prefix(shownCount).prefix { $0 != UInt8(ascii: "\n") && $0 != UInt8(ascii: "\r") }
        return "\"\(String(decoding: text.map { (32..<127).contains($0) ? $0 : UInt8(ascii: "?") }, as: UTF8.self))\""
    }
}
