/// Reads one HTTP/1.1 response of Docker: chunked, with a length, or until the connection is closed.
struct HTTPResponse {
    private enum State: Equatable {
        case head, body, chunkSize, chunk, chunkEnd, trailer, end, malformed
    }

    /// Docker's heads have a few hundred bytes.
    private static let headLimit = 16384

    private var state = State.head
    private var line: Bytes = []
    private var headCount = 0
    private var isChunked = false
    private var remaining: Int64?

    /// The status code, once the head is complete.
    private(set) var status: Int64?
    private var statusInHead: Int64?

    /// Whether the body ended as announced, rather than by a broken connection.
    var isComplete: Bool { state == .end || (state == .body && remaining == nil) }
    var isMalformed: Bool { state == .malformed }
    var isAtEnd: Bool { state == .end }

    /// Consumes what was read, and passes on the parts of the body, with the status code.
    mutating func consume(
        _ input: UnsafeBufferPointer<UInt8>,
        body: (UnsafeBufferPointer<UInt8>, _ status: Int64?) -> Void
    ) {
        var index = 0
        while index < input.count {
            switch state {
            case .body, .chunk:
                let count = min(Int64(input.count - index), remaining ?? Int64.max)
                body(UnsafeBufferPointer(rebasing: input[index..<(index + Int(count))]), status)
                index += Int(count)
                guard let left = remaining else { continue }
                remaining = left - count
                if left == count { state = state == .body ? .end : .chunkEnd }
            case .head, .chunkSize, .chunkEnd, .trailer:
                take(input[index])
                index += 1
            case .end, .malformed:
                return
            }
        }
    }

    private mutating func take(_ byte: UInt8) {
        guard byte == UInt8(ascii: "\n") else {
            line.append(byte)
            headCount += 1
            if line.count > Self.headLimit || (state == .head && headCount > Self.headLimit) { state = .malformed }
            return
        }
        if line.last == UInt8(ascii: "\r") { line.removeLast() }
        endLine()
        line.removeAll(keepingCapacity: true)
    }

    private mutating func endLine() {
        switch state {
        case .head where statusInHead == nil:
            // "HTTP/1.1 200 OK"
            guard line.starts(with: "HTTP/1."), line.count >= 12, let code = Bytes(line[9..<12]).decimal else {
                state = .malformed
                return
            }
            statusInHead = code
        case .head where line.isEmpty:
            endHead()
        case .head:
            readField()
        case .chunkSize:
            guard let size = chunkSize() else {
                state = .malformed
                return
            }
            remaining = size
            state = size == 0 ? .trailer : .chunk
        case .chunkEnd:
            state = line.isEmpty ? .chunkSize : .malformed
        case .trailer:
            if line.isEmpty { state = .end }
        case .body, .chunk, .end, .malformed:
            break
        }
    }

    private mutating func endHead() {
        // 1xx announces that the real response follows.
        if let code = statusInHead, code < 200 {
            statusInHead = nil
            return
        }
        status = statusInHead
        if isChunked {
            state = .chunkSize
        } else {
            state = remaining == 0 || status == 204 || status == 304 ? .end : .body
        }
    }

    private mutating func readField() {
        for index in 0..<line.count {
            if line[index] == UInt8(ascii: ":") { break }
            line[index] |= 0x20
        }
        if line.starts(with: "content-length:") {
            let value = Bytes(line[15...].filter { byte in byte != UInt8(ascii: " ") })
            guard let length = value.decimal else {
                state = .malformed
                return
            }
            remaining = length
        } else if line.starts(with: "transfer-encoding:") {
            isChunked = line.containsUnescaped("chunked")
        }
    }

    private func chunkSize() -> Int64? {
        var size: Int64 = 0
        var digits = 0
        for byte in line {
            var digit = Int64(byte) - 48
            if digit > 9 { digit = Int64(byte | 0x20) - 87 }
            // Extensions follow after a semicolon.
            guard digit >= 0, digit < 16 else { break }
            size = size * 16 + digit
            digits += 1
            guard digits <= 8 else { return nil }
        }
        return digits == 0 ? nil : size
    }
}
