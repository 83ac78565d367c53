/// Takes a log stream of Docker apart: frames of eight bytes of header and a payload each, or the bare output of a
/// container with a terminal.
///
/// Docker tells the two apart in `Content-Type` only since API 1.42. Every message begins with its time here, so a digit as
/// the first byte is a bare stream, and a stream number (0 to 3) is a frame.
struct FrameDecoder {
    /// What a piece of the stream is.
    struct Piece {
        /// Whether the container wrote it to its standard error.
        var isError: Bool
        /// Whether it begins a message, so that a time stands in front.
        var startsMessage: Bool
        /// Whether lines end in CR LF, because a terminal was in between.
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
