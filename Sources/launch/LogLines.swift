/// Assembles one output stream of a container: removes Docker's times, and returns complete lines.
struct LogLines {
    /// The maximum length of a line.
    ///
    /// journald splits longer ones itself (its `LineMax=`), in the middle of characters.
    static let longestLine = 48 * 1024

    /// A time has 30 characters, or 35 with an offset.
    private static let longestTime = 36

    private let descriptor: Int32
    /// The fields of each journal entry about the container.
    private let fields: Bytes
    private var stamp: Bytes = []
    private var isInStamp = true
    private var line: Bytes = []

    /// The time of the unfinished line.
    private(set) var time: DockerTime?
    /// The time of the last complete line.
    private(set) var lastTime: DockerTime?
    /// The time up to which lines were copied before.
    private var copied: DockerTime?

    /// Makes a stream whose lines go to `descriptor` with `fields`, except for those that aren't later than `copied`.
    init(descriptor: Int32, fields: Bytes, copied: DockerTime?) {
        self.descriptor = descriptor
        self.fields = fields
        self.copied = copied
        lastTime = copied
    }

    /// Whether there is an unfinished line.
    var isInLine: Bool { !line.isEmpty }

    /// Forgets an unfinished line, because Docker sends it again from its beginning.
    mutating func resume() {
        stamp = []
        line = []
        isInStamp = true
        time = nil
        copied = lastTime
    }

    mutating func consume(_ input: UnsafeBufferPointer<UInt8>, of piece: FrameDecoder.Piece, into output: inout Output)
    {
        // Docker splits lines longer than 16 KiB into several messages, and each begins with the time.
        if piece.startsMessage {
            endStamp()
            isInStamp = true
        }
        var index = 0
        while index < input.count {
            if isInStamp, input[index] == UInt8(ascii: "\n") { endStamp() }
            if isInStamp {
                takeStamp(input[index])
                index += 1
                continue
            }
            var end = index
            while end < input.count, input[end] != UInt8(ascii: "\n") { end += 1 }
            line.append(contentsOf: UnsafeBufferPointer(rebasing: input[index..<end]))
            splitLongLine(into: &output)
            guard end < input.count else { return }
            if piece.isTerminal, line.last == UInt8(ascii: "\r") { line.removeLast() }
            endLine(into: &output)
            index = end + 1
        }
    }

    /// Passes an unfinished last line on.
    mutating func finish(into output: inout Output) {
        endStamp()
        if !line.isEmpty { endLine(into: &output) }
    }

    private mutating func takeStamp(_ byte: UInt8) {
        if byte == UInt8(ascii: " "), let time = DockerTime(stamp) {
            self.time = time
            stamp.removeAll(keepingCapacity: true)
            isInStamp = false
            return
        }
        stamp.append(byte)
        // Anything that isn't a time belongs to the text.
        let isDigitFirst = stamp[0] >= UInt8(ascii: "0") && stamp[0] <= UInt8(ascii: "9")
        if !isDigitFirst || stamp.count >= Self.longestTime || byte == UInt8(ascii: " ") { endStamp() }
    }

    private mutating func endStamp() {
        line.append(contentsOf: stamp)
        stamp.removeAll(keepingCapacity: true)
        isInStamp = false
    }

    private mutating func endLine(into output: inout Output) {
        if !isCopied { output.append(line: line[...], fields: fields, to: descriptor) }
        if let time, !isCopied { lastTime = time }
        line.removeAll(keepingCapacity: line.count <= 1024)
        isInStamp = true
    }

    private mutating func splitLongLine(into output: inout Output) {
        while line.count > Self.longestLine {
            // Don't split a character: its continuation bytes begin with the bits 10.
            var cut = Self.longestLine
            while cut > Self.longestLine - 4, line[cut] & 0xc0 == 0x80 { cut -= 1 }
            if !isCopied { output.append(line: line[..<cut], fields: fields, to: descriptor) }
            line.removeSubrange(..<cut)
        }
    }

    private var isCopied: Bool {
        guard let time, let copied else { return false }
        return time <= copied
    }
}
