/// What Docker answers when it is asked for a container's log: an HTTP response of frames, which become lines of the journal.
final class LogAnswer {
    private(set) var response = HTTPResponse()
    private var frames = FrameDecoder()
    private var standardOutput: LogLines
    private var standardError: LogLines
    private var errorText: Bytes = []

    /// - Parameters:
    ///   - fields: The journal's fields of each line.
    ///   - since: The time of the last line that was copied.
    init(fields: Bytes, since: DockerTime?) {
        standardOutput = LogLines(descriptor: Output.standardOutput, fields: fields, copied: since)
        standardError = LogLines(descriptor: Output.standardError, fields: fields, copied: since)
    }

    /// Begins with another connection.
    func begin() {
        response = HTTPResponse()
        frames = FrameDecoder()
        errorText = []
    }

    /// Takes what has been read.
    ///
    /// - Returns: Whether some of the log was in it.
    func consume(_ input: UnsafeBufferPointer<UInt8>, output: inout Output) -> Bool {
        var hasLog = false
        response.consume(input) { body, status in
            guard status == 200 else {
                if errorText.count < 500 { errorText.append(contentsOf: body) }
                return
            }
            hasLog = true
            frames.consume(body) { piece, bytes in
                if piece.isError {
                    standardError.consume(bytes, of: piece, into: &output)
                } else {
                    standardOutput.consume(bytes, of: piece, into: &output)
                }
            }
        }
        return hasLog
    }

    /// The end of the log: what has no line feed is a line, too.
    func finish(into output: inout Output) {
        standardOutput.finish(into: &output)
        standardError.finish(into: &output)
    }

    /// The time of the last line that was passed on, unless an older one is still being assembled.
    var position: DockerTime? {
        guard let last = lastTime else { return nil }
        for lines in [standardOutput, standardError] where lines.isInLine {
            if let time = lines.time, time <= last { return nil }
        }
        return last
    }

    private var lastTime: DockerTime? {
        guard let first = standardOutput.lastTime else { return standardError.lastTime }
        guard let second = standardError.lastTime else { return first }
        return first <= second ? second : first
    }

    /// Has the next connection continue from where the copying has got to.
    ///
    /// - Returns: From when on Docker is asked; nil: as before.
    func resume() -> DockerTime? {
        // The two streams' times aren't in one order, so Docker is asked for a second more, and copied lines are skipped.
        var start = lastTime.map { last in DockerTime(seconds: last.seconds - 1, nanoseconds: last.nanoseconds) }
        for lines in [standardOutput, standardError] where lines.isInLine {
            if let time = lines.time, let current = start, time <= current { start = time }
        }
        standardOutput.resume()
        standardError.resume()
        return start
    }

    /// Docker's answer on one line.
    var failureText: Bytes {
        var text = Bytes("Docker answered ")
        text.append(decimal: response.status ?? 0)
        text += ": "
        for byte in errorText.prefix(500) where byte >= UInt8(ascii: " ") { text.append(byte) }
        return text
    }
}
