/// Reads the answer to a probe's `GET`: the final status, and the body if one is wanted.
///
/// It accepts what curl accepts (github.com/curl/curl, lib/http.c, `Curl_http_header`): interim answers before the final one,
/// HTTP/1.0, lines that end with a bare line feed, a status line without a reason, or with one directly after the code.
/// Memory and time are linear in what is read, and bounded.
package struct HTTPAnswerReader: Sendable {
    /// The result of reading an answer.
    package enum Outcome: Equatable, Sendable {
        /// The final status; the body is empty when none is wanted.
        case answered(status: Int, body: [UInt8])
        /// Not an HTTP/1 answer; the text says what it is instead.
        case other(String)
    }

    /// The maximum size of the head lines of all answers together, in bytes.
    package static let longestHead = 65536
    /// The maximum size of a body, in bytes.
    package static let longestBody = 65536
    /// What to do about a server that doesn't speak HTTP.
    package static let advice = "if it doesn't speak HTTP, write \"health_check\": \"tcp\", or \"none\" for UDP"

    private enum State: Equatable, Sendable {
        case statusLine, interimHead, head, body, chunkSize, chunk, chunkEnd
    }

    private let wantsBody: Bool
    private var state = State.statusLine
    private var bytes: [UInt8] = []
    private var position = 0
    private var searched = 0
    private var headCount = 0
    private var status = 0
    private var isChunked = false
    /// What is left of the body or chunk; nil when it ends with the connection.
    private var remaining: Int?
    private var body: [UInt8] = []

    /// - Parameter wantsBody: Whether the answer is complete only with its body.
    package init(wantsBody: Bool) {
        self.wantsBody = wantsBody
    }

    /// Whether any part of the final answer has arrived.
    package var hasBegun: Bool { state != .statusLine || position < bytes.count }

    /// Takes what was read; returns the outcome once it is known.
    package mutating func read(_ input: some Collection<UInt8>) -> Outcome? {
        bytes.append(contentsOf: input)
        while true {
            let before = (state, position)
            if let outcome = step() { return outcome }
            guard before != (state, position) else { break }
        }
        bytes.removeFirst(position)
        searched -= position
        position = 0
        return nil
    }

    /// The outcome of a connection that was closed, with what has arrived.
    package mutating func end() -> Outcome {
        switch state {
        case .statusLine:
            guard position < bytes.count else {
                return .other("the connection was closed without an answer: \(Self.advice)")
            }
            // The last line may have no line feed.
            guard !wantsBody, let status = Self.status(in: bytes[position...]), !Self.isInterim(status) else {
                let foreign = ForeignAnswer(bytes[position...], isWhole: true)
                return .other(foreign?.description ?? "the connection was closed before the status line")
            }
            return .answered(status: status, body: [])
        case .interimHead: return .other("the connection was closed after an interim answer")
        case .head: return .other("the connection was closed within the answer's head")
        case .body where remaining == nil: return .answered(status: status, body: body)
        case .body, .chunkSize, .chunk, .chunkEnd:
            return .other("the connection was closed within the answer's body, after \(body.count) bytes")
        }
    }

    /// A hint at the server's protocol, after a status that isn't accepted.
    ///
    /// Servers that expect TLS say so in the body of a 400: nginx, Apache and Go's net/http name HTTPS or SSL.
    package var hint: String? {
        let rest = String(decoding: bytes[position...].prefix(4096), as: UTF8.self)
        guard status == 400, rest.contains("HTTPS") || rest.contains("SSL-enabled") else { return nil }
        return "it speaks TLS, and a probe doesn't: write \"health_check\": \"tcp\""
    }
}

// MARK: - Steps

extension HTTPAnswerReader {
    private mutating func step() -> Outcome? {
        switch state {
        case .statusLine: readStatusLine()
        case .interimHead, .head: readHeadLine()
        case .body, .chunk: readBody()
        case .chunkSize: readChunkSize()
        case .chunkEnd: readChunkEnd()
        }
    }

    private mutating func readStatusLine() -> Outcome? {
        if let foreign = ForeignAnswer(bytes[position...], isWhole: false) { return .other(foreign.description) }
        guard let line = nextLine() else { return tooLong() }
        guard let status = Self.status(in: line) else {
            return .other(ForeignAnswer(line, isWhole: true)?.description ?? ForeignAnswer.text(line))
        }
        self.status = status
        if Self.isInterim(status) {
            state = .interimHead
        } else if wantsBody {
            state = .head
        } else {
            return .answered(status: status, body: [])
        }
        return nil
    }

    private mutating func readHeadLine() -> Outcome? {
        guard let line = nextLine() else { return tooLong() }
        guard line.isEmpty else {
            if state == .head { readField(line) }
            return nil
        }
        guard state == .head else {
            state = .statusLine
            return nil
        }
        if status == 204 || status == 304 { return .answered(status: status, body: []) }
        if isChunked {
            state = .chunkSize
        } else {
            state = .body
            if remaining == 0 { return .answered(status: status, body: []) }
        }
        return nil
    }

    private mutating func readField(_ line: ArraySlice<UInt8>) {
        let text = String(decoding: line.prefix(256), as: UTF8.self).lowercased()
        guard let colon = text.firstIndex(of: ":") else { return }
        let value = text[text.index(after: colon)...].filter { $0 != " " && $0 != "\t" }
        switch text[..<colon] {
        case "transfer-encoding": isChunked = value.hasSuffix("chunked")
        // A length that isn't a number: the body ends with the connection.
        case "content-length": remaining = Int(value).flatMap { $0 >= 0 ? $0 : nil }
        default: break
        }
    }

    private mutating func readBody() -> Outcome? {
        let count = min(bytes.count - position, remaining ?? Int.max)
        guard body.count + count <= Self.longestBody else {
            return .other("expected a JSON body of at most \(Self.longestBody / 1024) KiB, found a longer one")
        }
        body += bytes[position..<position + count]
        position += count
        searched = position
        guard let left = remaining else { return nil }
        remaining = left - count
        guard left == count else { return nil }
        if state == .body { return .answered(status: status, body: body) }
        state = .chunkEnd
        return nil
    }

    private mutating func readChunkSize() -> Outcome? {
        guard let line = nextLine() else { return tooLong() }
        // Extensions follow after a semicolon (RFC 9112, section 7.1.1).
        let digits = line.prefix { $0 != UInt8(ascii: ";") && $0 != UInt8(ascii: " ") && $0 != UInt8(ascii: "\t") }
        guard digits.count <= 8, let size = Int(String(decoding: digits, as: UTF8.self), radix: 16), size >= 0 else {
            return .other("expected the length of a chunk, found \(ForeignAnswer.shown(line))")
        }
        // What follows the last chunk doesn't matter.
        if size == 0 { return .answered(status: status, body: body) }
        remaining = size
        state = .chunk
        return nil
    }

    private mutating func readChunkEnd() -> Outcome? {
        guard let line = nextLine() else { return tooLong() }
        guard line.isEmpty else { return .other("expected the end of a chunk, found \(ForeignAnswer.shown(line))") }
        state = .chunkSize
        return nil
    }

    /// The next complete line, without its line feed; nil until it has arrived.
    private mutating func nextLine() -> ArraySlice<UInt8>? {
        guard let end = bytes[searched...].firstIndex(of: UInt8(ascii: "\n")) else {
            searched = bytes.count
            return nil
        }
        var line = bytes[position..<end]
        if line.last == UInt8(ascii: "\r") { line.removeLast() }
        headCount += end + 1 - position
        position = end + 1
        searched = position
        return line
    }

    private func tooLong() -> Outcome? {
        guard headCount + bytes.count - position > Self.longestHead else { return nil }
        return .other("expected a head of at most \(Self.longestHead / 1024) KiB, found a longer one")
    }

    /// Whether another answer follows (RFC 9110, section 15.2); 101 is the last one in HTTP.
    private static func isInterim(_ status: Int) -> Bool { (100..<200).contains(status) && status != 101 }

    /// The code of a status line; nil when the line isn't one.
    private static func status(in line: ArraySlice<UInt8>) -> Int? {
        var rest = line.drop { $0 == UInt8(ascii: " ") }
        guard rest.starts(with: "HTTP".utf8) else { return nil }
        rest = rest.dropFirst(4)
        if rest.first == UInt8(ascii: "/") {
            let version = rest.dropFirst().prefix { isDigit($0) || $0 == UInt8(ascii: ".") }
            guard version.first.map(isDigit) == true else { return nil }
            rest = rest.dropFirst(1 + version.count)
        }
        let blanks = rest.prefix { $0 == UInt8(ascii: " ") || $0 == UInt8(ascii: "\t") }
        guard !blanks.isEmpty else { return nil }
        rest = rest.dropFirst(blanks.count)
        let code = rest.prefix(3)
        guard code.count == 3, code.allSatisfy(isDigit), rest.dropFirst(3).first.map(isDigit) != true,
            let status = Int(String(decoding: code, as: UTF8.self)), status >= 100
        else { return nil }
        return status
    }

    private static func isDigit(_ byte: UInt8) -> Bool { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) }
}
