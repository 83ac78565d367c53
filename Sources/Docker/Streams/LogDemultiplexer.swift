import Lines
import NIOCore

/// Separates a container's standard output and error, which come in frames on one connection, and splits them into lines.
///
/// A frame is a byte for the stream (0 to 2), three zero bytes, the length as a big-endian 32-bit number, and the bytes:
/// "Stream format" in <https://docs.docker.com/reference/api/engine/version/v1.41/#tag/Container/operation/ContainerAttach>.
/// The output of a container with a terminal comes without frames, which is recognized by its first bytes.
struct LogDemultiplexer {
    /// The maximum length of a line in bytes: the size at which Docker's own log driver splits lines.
    static let longestLine = 16 << 10

    private var state = State.header
    private var header = ByteBuffer()
    private var output = LineBuffer(longest: Self.longestLine)
    private var errors = LineBuffer(longest: Self.longestLine)

    private enum State {
        case header
        case payload(isError: Bool, left: Int)
        case raw
    }

    /// The lines that this chunk completes, in the order of their ends.
    mutating func append(_ chunk: ByteBuffer) -> [String] {
        var chunk = chunk
        var lines: [ByteBuffer] = []
        while chunk.readableBytes > 0 {
            switch state {
            case .raw:
                lines += Self.lines(chunk, in: &output)
                chunk.moveReaderIndex(forwardBy: chunk.readableBytes)
            case .header:
                if var part = chunk.readSlice(length: min(8 - header.readableBytes, chunk.readableBytes)) {
                    header.writeBuffer(&part)
                }
                lines += readHeader()
            case .payload(let isError, let left):
                let count = min(left, chunk.readableBytes)
                if let part = chunk.readSlice(length: count) {
                    lines += isError ? Self.lines(part, in: &errors) : Self.lines(part, in: &output)
                }
                state = count == left ? .header : .payload(isError: isError, left: left - count)
            }
        }
        return lines.map { String(buffer: $0) }
    }

    /// The unfinished lines at the end of the stream.
    mutating func finish() -> [String] {
        var lines: [ByteBuffer] = []
        if header.readableBytes > 0 {
            lines += Self.lines(header, in: &output)
            header.clear()
        }
        lines += [output.finish(), errors.finish()].compactMap { $0 }
        return lines.map { String(buffer: $0) }
    }

    private static func lines(_ bytes: ByteBuffer, in buffer: inout LineBuffer) -> [ByteBuffer] {
        buffer.append(bytes)
        var lines: [ByteBuffer] = []
        while let line = buffer.nextOrPart() { lines.append(line) }
        return lines
    }

    /// Reads a frame's header.
    ///
    /// It returns lines only if the bytes aren't a header.
    private mutating func readHeader() -> [ByteBuffer] {
        let start = header.readableBytesView.prefix(4)
        let isFrame = start.enumerated().allSatisfy { index, byte in index == 0 ? byte <= 2 : byte == 0 }
        guard isFrame else {
            state = .raw
            let bytes = header
            header.clear()
            return Self.lines(bytes, in: &output)
        }
        guard header.readableBytes == 8, let stream: UInt8 = header.readInteger() else { return [] }
        header.moveReaderIndex(forwardBy: 3)
        let length: UInt32 = header.readInteger() ?? 0
        header.clear()
        state = length == 0 ? .header : .payload(isError: stream == 2, left: Int(length))
        return []
    }
}
