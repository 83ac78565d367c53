import Testing

import traffic

/// The load tool decides by these what a failed request is.
@Suite struct ResponseTests {
    /// How a response reads when it arrives in pieces of one size, and when the server closes after it.
    private func read(_ text: String, piece: Int) -> (response: Response, progress: Response.Progress) {
        var response = Response(keepsBody: true)
        let bytes = Array(text.utf8)
        var progress = Response.Progress.incomplete
        for start in stride(from: 0, to: bytes.count, by: piece) {
            progress = Array(bytes[start..<min(start + piece, bytes.count)]).withUnsafeBytes { response.read($0) }
            if case .malformed = progress { break }
        }
        return (response, progress)
    }

    @Test(
        arguments: [
            "HTTP/1.1 200 OK\r\nContent-Length: 11\r\n\r\nfirst\nlast\n",
            "HTTP/1.1 200 OK\r\ncontent-length:11\r\n\r\nfirst\nlast\n",
            "HTTP/1.1 200 OK\nContent-Length: 11\n\nfirst\nlast\n",
            "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 11\r\n\r\nfirst\nlast\n",
            "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3;a=b\r\nfir\r\n8\r\nst\nlast\n\r\n0\r\nT: x\r\n\r\n",
        ],
        [1, 2, 3, 7, 1000]
    )
    func `is complete with its last byte and not before`(text: String, piece: Int) {
        let whole = read(text, piece: piece)
        #expect(whole.progress == .complete)
        #expect(whole.response.status == 200)
        #expect(whole.response.isPersistent)
        #expect(whole.response.firstLine == Array("first".utf8))
        #expect(whole.response.body == Array("first\nlast\n".utf8))

        let cut = read(String(text.dropLast()), piece: piece)
        #expect(cut.progress == .incomplete)
        #expect(cut.response.endedByClose() == .incomplete)
    }

    @Test func `without a length ends with the connection`() {
        let (response, progress) = read("HTTP/1.1 200 OK\r\n\r\nfirst\nlast", piece: 4)
        #expect(progress == .incomplete)
        #expect(response.endedByClose() == .complete)
        #expect(!response.isPersistent)
        #expect(response.body == Array("first\nlast".utf8))
    }

    @Test(
        arguments: [
            ("HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 0\r\n\r\n", false),
            ("HTTP/1.0 200 OK\r\nContent-Length: 0\r\n\r\n", false),
            ("HTTP/1.0 200 OK\r\nConnection: Keep-Alive\r\nContent-Length: 0\r\n\r\n", true),
            ("HTTP/1.1 204 No Content\r\n\r\n", true),
        ]
    )
    func `says whether the connection stays`(text: String, stays: Bool) {
        let (response, progress) = read(text, piece: 5)
        #expect(progress == .complete)
        #expect(response.isPersistent == stays)
    }

    @Test(
        arguments: [
            "SSH-2.0-OpenSSH\r\n\r\n",
            "HTTP/1.1 20x OK\r\n\r\n",
            "HTTP/1.1 200 OK\r\nContent-Length: some\r\n\r\n",
            "HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n",
            "HTTP/1.1 200 OK\r\nContent-Length: -1\r\n\r\n",
            "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nokay",
            "HTTP/1.1 200 OK\r\nno colon\r\n\r\n",
            "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nx\r\n",
            "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1\r\nab\r\n",
        ],
        [1, 1000]
    )
    func `that breaks the protocol is malformed`(text: String, piece: Int) {
        guard case .malformed(let complaint) = read(text, piece: piece).progress else {
            Issue.record("was taken for well-formed")
            return
        }
        #expect(!complaint.isEmpty)
    }
}
