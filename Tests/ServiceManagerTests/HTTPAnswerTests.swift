import ServiceManager
import ServiceModel
import TestSupport
import Testing

/// What counts as an answer to a probe over HTTP, whichever way the bytes arrive.
@Suite struct HTTPAnswerTests {
    /// Reads bytes in pieces; the connection is closed behind them when that is wanted.
    private func outcome(
        _ bytes: [UInt8],
        wantsBody: Bool = false,
        piece: Int = .max,
        isClosed: Bool = true
    ) -> HTTPAnswerReader.Outcome? {
        var reader = HTTPAnswerReader(wantsBody: wantsBody)
        var rest = bytes[...]
        while !rest.isEmpty {
            if let outcome = reader.read(rest.prefix(piece)) { return outcome }
            rest = rest.dropFirst(piece)
        }
        return isClosed ? reader.end() : nil
    }

    @Test(arguments: [
        ("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n", 200), ("HTTP/1.1 200\r\n\r\n", 200),
        ("HTTP/1.1 200 \r\n\r\n", 200),
        ("HTTP/1.0 204 No Content\r\n\r\n", 204), ("HTTP/1.1 200 OK\n\n", 200), ("HTTP/1.1 200\n", 200),
        ("HTTP/1.1 200OK\r\n\r\n", 200), ("HTTP/1.1  302  Found\r\n\r\n", 302),
        (" HTTP/1.1 404 Not Found\r\n\r\n", 404),
        ("HTTP/1.1 200", 200), ("HTTP 200 OK\r\n", 200), ("HTTP/1.1 503 \u{fc}berlastet\r\n", 503),
        ("HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\n\r\n", 200),
        ("HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\nHTTP/1.1 102\n\nHTTP/1.0 500\n\n", 500),
        ("HTTP/1.1 101 Switching Protocols\r\n\r\n", 101),
    ])
    func `what curl takes is an answer, also a byte at a time`(text: String, status: Int) {
        for piece in [1, 2, 7, Int.max] {
            #expect(outcome(Array(text.utf8), piece: piece) == .answered(status: status, body: []))
        }
    }

    @Test func `an answer doesn't wait for the end of the connection, nor for the body`() {
        let text = Array("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n".utf8)
        #expect(outcome(text, isClosed: false) == .answered(status: 200, body: []))
        #expect(outcome(Array("HTTP/1.1 100\r\n\r\n".utf8), isClosed: false) == nil)
    }

    @Test(arguments: [
        "-ERR unknown command\r\n", "SSH-2.0-OpenSSH_9.2", "HTTP/1.1 2000 OK\r\n", "HTTP/1.1 20\r\n", "HTTP/1.1 OK\r\n",
        "HTTP/x 200\r\n", "HTTP/1.1200 OK\r\n", "HTTP/1.1 099 x\r\n", "http/1.1 200 OK\r\n", "ICY 200 OK\r\n", "<html>",
        "220 mail\r\n",
        "HTTP/1.1 2", "HTT",
    ])
    func `what isn't HTTP says what was found, and to check for the open port`(text: String) {
        for piece in [1, Int.max] {
            guard case .other(let message) = outcome(Array(text.utf8), piece: piece) else {
                Issue.record("\(text) is an answer")
                continue
            }
            #expect(message.hasPrefix("expected an HTTP answer, found \"\(text.first ?? "?")"), "\(message)")
            #expect(message.contains("write \"health_check\": \"tcp\", or \"none\" for UDP"))
        }
    }

    @Test func `a foreign protocol is known before its first line ends`() {
        let greeting: [UInt8] = [0x4a, 0, 0, 0, 0x0a] + Array("8.0.36".utf8)
        guard case .other(let message) = outcome(greeting, isClosed: false) else {
            Issue.record("not recognized")
            return
        }
        #expect(message.hasPrefix("expected an HTTP answer, found \"J???\""), "up to the end of its line")
    }

    @Test(
        arguments: [
            ([0, 0, 0x12, 4, 0, 0, 0, 0, 0, 0, 3, 0, 0, 0, 0x80], "it answers in HTTP/2"),
            ([0, 0, 0, 4, 0, 0, 0, 0, 0], "it answers in HTTP/2"), ([0x15, 3, 1, 0, 2, 2, 0x46], "it answers in TLS"),
            ([0x16, 3, 3, 0, 0x40], "it answers in TLS"),
        ] as [([UInt8], String)]
    )
    func `HTTP/2 and TLS are named`(bytes: [UInt8], start: String) {
        for piece in [1, Int.max] {
            guard case .other(let message) = outcome(bytes, piece: piece, isClosed: false) else {
                Issue.record("\(bytes) isn't recognized")
                continue
            }
            #expect(message.hasPrefix(start))
            #expect(message.hasSuffix("write \"health_check\": \"tcp\""))
        }
    }

    @Test func `a 400 of a port that speaks TLS says so`() {
        var reader = HTTPAnswerReader(wantsBody: false)
        let text = "HTTP/1.1 400 Bad Request\r\n\r\nThe plain HTTP request was sent to HTTPS port"
        var outcome = reader.read(text.utf8)
        #expect(outcome == .answered(status: 400, body: []))
        #expect(reader.hint?.hasPrefix("it speaks TLS") == true)
        reader = HTTPAnswerReader(wantsBody: false)
        outcome = reader.read("HTTP/1.1 400 Bad Request\r\n\r\nno".utf8)
        #expect(outcome == .answered(status: 400, body: []))
        #expect(reader.hint == nil)
    }

    @Test func `a connection that is closed without a word says so`() {
        #expect(outcome([]) == .other("the connection was closed without an answer: \(HTTPAnswerReader.advice)"))
    }

    private static let up = Array(#"{"status": "up"}"#.utf8)

    @Test(arguments: [
        "HTTP/1.1 200 OK\r\nContent-Length: 16\r\n\r\n{\"status\": \"up\"}",
        "HTTP/1.1 200 OK\ncontent-length:16\n\n{\"status\": \"up\"}and more",
        "HTTP/1.0 200 OK\r\n\r\n{\"status\": \"up\"}",
        "HTTP/1.1 100\r\nContent-Length: 3\r\n\r\nHTTP/1.1 200\r\nTransfer-Encoding: chunked\r\n\r\n6\r\n{\"stat\r\na;x=y\r\nus\": \"up\"}\r\n0\r\n\r\n",
    ])
    func `a body is read by its length, in chunks, or to the end`(text: String) {
        for piece in [1, 3, Int.max] {
            #expect(outcome(Array(text.utf8), wantsBody: true, piece: piece) == .answered(status: 200, body: Self.up))
        }
    }

    @Test(arguments: [
        "HTTP/1.1 200 OK\r\nContent-Length: 20\r\n\r\n{", "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n-1\r\n",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1\r\n{}\r\n",
        "HTTP/1.1 200 OK\r\nContent-Le", "HTTP/1.1 200",
    ])
    func `a body that is cut or garbled is no answer`(text: String) {
        for piece in [1, Int.max] {
            guard case .other = outcome(Array(text.utf8), wantsBody: true, piece: piece) else {
                Issue.record("\(text) is an answer")
                continue
            }
        }
    }

    /// Whether a reader gives up within many pieces.
    private func givesUp(_ start: String, _ piece: String, wantsBody: Bool) -> Bool {
        var reader = HTTPAnswerReader(wantsBody: wantsBody)
        var outcome = start.isEmpty ? nil : reader.read(start.utf8)
        for _ in 0..<10_000 where outcome == nil { outcome = reader.read(piece.utf8) }
        if case .other = outcome { return true }
        return false
    }

    @Test func `heads, bodies and interim answers without end are given up`() {
        let long = String(repeating: "x", count: 1000)
        #expect(givesUp("HTTP/1.1 200 OK\r\n", "X-Long: \(long)\r\n", wantsBody: true))
        #expect(givesUp("HTTP/1.1 200 OK\r\nX-Long: ", long, wantsBody: true))
        #expect(givesUp("HTTP/1.1 200 OK\r\n\r\n", long, wantsBody: true))
        #expect(givesUp("", String(repeating: " ", count: 1000), wantsBody: false))
        #expect(givesUp("", "HTTP/1.1 100\r\n\r\n", wantsBody: false))
    }

    /// What answers are made of, and what breaks them.
    private static let pieces: [[UInt8]] =
        [
            "HTTP/1.1 ", "HTTP/1.0 200 OK", "HTTP", "200", "100", "\r\n", "\n", "\r", " ", "\t", "Content-Length: ",
            "Transfer-Encoding: chunked",
            "5", "ffffffff", "99999999999999999999", "-1", "0\r\n", ":", ";", "{}", "400 HTTPS",
        ].map { Array($0.utf8) } + [[0], [0, 0, 0, 4, 0, 0, 0, 0, 0], [0x15, 3], [0x16, 3, 3], [0xff], [0xc3]]

    @Test(arguments: 0..<20)
    func `garbled answers never trap, and end the same whichever way they arrive`(seed: Int) {
        var generator = SeededGenerator(seed: UInt64(seed))
        for round in 0..<500 {
            var bytes: [UInt8] = []
            for _ in 0..<Int.random(in: 0...12, using: &generator) {
                bytes += Self.pieces[Int.random(in: 0..<Self.pieces.count, using: &generator)]
                if generator.once(in: 20) { bytes.append(UInt8.random(in: 0...255, using: &generator)) }
            }
            let wantsBody = generator.once(in: 2)
            let whole = outcome(bytes, wantsBody: wantsBody)
            let piece = Int.random(in: 1...5, using: &generator)
            let inPieces = outcome(bytes, wantsBody: wantsBody, piece: piece)
            switch (whole, inPieces) {
            case (.answered(let one, let body)?, .answered(let other, let otherBody)?):
                #expect(one == other && body == otherBody, "seed \(seed), round \(round)")
            case (.other(let text)?, .other?): #expect(!text.isEmpty && text.utf8.count < 300)
            default: Issue.record("seed \(seed), round \(round): \(bytes)")
            }
        }
    }
}
