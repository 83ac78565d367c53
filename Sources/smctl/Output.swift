package import FoundationEssentials

#if canImport(Glibc)
import Glibc
#endif

/// Where smctl writes, and how.
package struct Output: Sendable {
    /// Whether a person looks at it: symbols, colour and redrawing.
    package var style: Style
    /// How many columns of text the terminal has now; nil where it is none: nothing is cut or wrapped then.
    package var width: @Sendable () -> Int?
    /// The time that ages are counted to.
    package var now: @Sendable () -> Date
    /// Writes a line of data.
    package var line: @Sendable (String) -> Void
    /// Writes a line for people, which is no data.
    package var note: @Sendable (String) -> Void

    /// Makes an output.
    ///
    /// - Parameters:
    ///   - style: How it looks.
    ///   - width: How many columns of text there are; nil: as many as it takes.
    ///   - now: The time that ages are counted to.
    ///   - line: Writes a line of data.
    ///   - note: Writes a line for people.
    package init(
        style: Style,
        width: @escaping @Sendable () -> Int? = { nil },
        now: @escaping @Sendable () -> Date,
        line: @escaping @Sendable (String) -> Void,
        note: @escaping @Sendable (String) -> Void
    ) {
        self.style = style
        self.width = width
        self.now = now
        self.line = line
        self.note = note
    }

    /// The process's own: colour only on a terminal and without NO_COLOR (no-color.org).
    package static var standard: Output {
        let hasColor = isatty(STDOUT_FILENO) == 1 && getenv("NO_COLOR").map { $0.pointee == 0 } ?? true
        return Output(
            style: hasColor ? .terminal : .plain,
            width: { columns(of: STDOUT_FILENO) },
            now: { Date() },
            line: { write($0, to: STDOUT_FILENO) },
            note: { text in
                // Usage comes in lines of its own.
                for line in text.split(separator: "\n", omittingEmptySubsequences: false) {
                    for part in Wrapping.lines(String(line), width: columns(of: STDERR_FILENO), indent: 2) {
                        write(part, to: STDERR_FILENO)
                    }
                }
            }
        )
    }

    /// Writes a sentence, on as many lines as it takes.
    func prose(_ text: String) {
        for part in Wrapping.lines(text, width: width(), indent: 2) { line(part) }
    }

    /// How wide a terminal is; nil for anything else.
    ///
    /// A serial line says 0 of itself.
    private static func columns(of descriptor: CInt) -> Int? {
        guard isatty(descriptor) == 1 else { return nil }
        var size = winsize()
        guard ioctl(descriptor, UInt(TIOCGWINSZ), &size) == 0, size.ws_col > 0 else { return 80 }
        return Int(size.ws_col)
    }

    private static func write(_ line: String, to descriptor: CInt) {
        var rest = Array((line + "\n").utf8)[...]
        while !rest.isEmpty {
            let written = rest.withUnsafeBytes { Glibc.write(descriptor, $0.baseAddress, $0.count) }
            // A reader that left ends the process with SIGPIPE; nothing else can be told to anyone.
            guard written > 0 || errno == EINTR else { return }
            rest = rest.dropFirst(max(written, 0))
        }
    }
}
