/// Decodes a log stream of Docker: frames with a header of eight bytes and a payload, or the bare output of a container with
/// a terminal.
///
/// Docker distinguishes the two in `Content-Type` only since API 1.42. Every message begins with its time here. So a digit as
/// the first byte means a bare stream, and a stream number (0 to 3) means a frame.
struct FrameDecoder {
    /// The properties of a piece of the stream.
    struct Piece {
        /// Whether the container wrote it to its standard error.
        var isError: Bool
        /// Whether it begins a message, and so begins with a time.
        var startsMessage: Bool
        /// Whether lines end in CR LF, because the container has a terminal.
        var isTerminal: Bool
    }

    private enum Mode {
        case unknown, frames, terminal
    }

    private var mode = Mode.unknown
    private var header: Bytes = []
    private var remaining = 0
    private var piece = Piece(isError: false, startsMessage: true, isTerminal: false)

    mutating func consume(
        _ input: UnsafeBufferPointer<UInt8>,
        piece handle: (Piece, UnsafeBufferPointer<UInt8>) -> Void
    ) {
        guard let first = input.first else { return }
        if mode == .unknown {
            mode = first <= 3 ? .frames : .terminal
            piece.isTerminal = mode == .terminal
        }
        guard mode == .frames else {
            handle(piece, input)
            piece.startsMessage = false
            return
        }
        var index = 0
        while index < input.count {
            if remaining == 0 {
                header.append(input[index])
                index += 1
                if header.count == 8 { beginFrame() }
                continue
            }
            let count = min(remaining, input.count - index)
            handle(piece, UnsafeBufferPointer(rebasing: input[index..<(index + count)]))
            piece.startsMessage = false
            remaining -= count
            index += count
        }
    }

    /// The header is the stream's number, three zeros, and the payload's size in network order.
    private mutating func beginFrame() {
        piece.isError = header[0] == 2 || header[0] == 3
        piece.startsMessage = true
        remaining = 0
        for byte in header[4...] { remaining = remaining << 8 | Int(byte) }
        header.removeAll(keepingCapacity: true)
    }
}
