/// One HTTP/1.1 response, read as it arrives (RFC 9112).
///
/// Only what decides about success is kept: the status, the body's first line and whether the message is whole.
struct Response {
    /// How the reading stands after some bytes.
    enum Progress: Equatable {
        case incomplete
        case complete
        case malformed(String)
    }

    private enum Part {
        case head
        /// The bytes still missing.
        case counted(Int)
        case chunkSize
        case chunk(Int)
        case chunkEnd
        case trailer
        case untilClose
        case done
    }

    /// Bounds what a head, or one line of a chunked body, may take.
    private static let longestHead = 65_536
    private static let longestFirstLine = 128

    private(set) var status = 0
    /// Whether the server keeps the connection open after this response.
    private(set) var isPersistent = false
    /// Whether at least one byte has arrived.
    private(set) var hasStarted = false
    /// The body's first line, or its first 128 bytes.
    private(set) var firstLine: [UInt8] = []
    /// The whole body, when asked for.
    private(set) var body: [UInt8] = []

    private let keepsBody: Bool
    private var part = Part.head
    private var line: [UInt8] = []
    private var firstLineIsOver = false

    init(keepsBody: Bool = false) {
        self.keepsBody = keepsBody
    }

    /// Takes the next bytes of the connection.
    mutating func read(_ bytes: UnsafeRawBufferPointer) -> Progress {
        hasStarted = hasStarted || !bytes.isEmpty
        var position = 0
        while position < bytes.count {
            switch part {
            case .head, .chunkSize, .chunkEnd, .trailer:
                let byte = bytes[position]
                position += 1
                line.append(byte)
                guard line.count <= Self.longestHead else { return .malformed("a head of more than 64 KiB") }
                guard byte == UInt8(ascii: "\n") else { continue }
                if let complaint = lineEnded() { return .malformed(complaint) }
            case .counted(let missing):
                let taken = min(missing, bytes.count - position)
                keep(bytes[position..<position + taken])
                position += taken
                part = taken == missing ? .done : .counted(missing - taken)
            case .chunk(let missing):
                let taken = min(missing, bytes.count - position)
                keep(bytes[position..<position + taken])
                position += taken
                part = taken == missing ? .chunkEnd : .chunk(missing - taken)
            case .untilClose:
                keep(bytes[position...])
                position = bytes.count
            case .done:
                return .malformed("bytes after the end of the response")
            }
        }
        if case .done = part { return .complete }
        return .incomplete
    }

    /// How the reading stands now that the server has closed its side.
    func endedByClose() -> Progress {
        switch part {
        case .untilClose, .done: .complete
        default: .incomplete
        }
    }

    private mutating func lineEnded() -> String? {
        switch part {
        case .head:
            // The head is collected as one piece, up to its empty line.
            guard line.endsWithEmptyLine else { return nil }
            defer { line.removeAll(keepingCapacity: true) }
            return headEnded()
        case .chunkSize:
            defer { line.removeAll(keepingCapacity: true) }
            guard let size = hexadecimal(line.prefix { $0 != UInt8(ascii: ";") }.trimmed) else {
                return "a chunk size that is no number"
            }
            part = size == 0 ? .trailer : .chunk(size)
        case .chunkEnd:
            defer { line.removeAll(keepingCapacity: true) }
            guard line.trimmed.isEmpty else { return "a chunk longer than its size" }
            part = .chunkSize
        case .trailer:
            defer { line.removeAll(keepingCapacity: true) }
            if line.trimmed.isEmpty { part = .done }
        case .counted, .chunk, .untilClose, .done:
            break
        }
        return nil
    }

    private mutating func headEnded() -> String? {
        let head: Head
        switch Head.parse(line) {
        case .success(let parsed): head = parsed
        case .failure(let complaint): return complaint.description
        }
        // Interim responses come before the real one.
        if head.status < 200 { return nil }
        status = head.status
        isPersistent = head.isPersistent
        if head.status == 204 || head.status == 304 {
            part = .done
        } else if head.isChunked {
            part = .chunkSize
        } else if let length = head.contentLength {
            part = length == 0 ? .done : .counted(length)
        } else {
            isPersistent = false
            part = .untilClose
        }
        return nil
    }

    private mutating func keep(_ bytes: Slice<UnsafeRawBufferPointer>) {
        if keepsBody { body.append(contentsOf: bytes) }
        guard !firstLineIsOver else { return }
        for byte in bytes {
            if byte == UInt8(ascii: "\n") || firstLine.count == Self.longestFirstLine {
                firstLineIsOver = true
                return
            }
            firstLine.append(byte)
        }
    }
}

private func hexadecimal(_ digits: ArraySlice<UInt8>) -> Int? {
    Int(String(decoding: digits, as: UTF8.self), radix: 16).flatMap { $0 >= 0 ? $0 : nil }
}
