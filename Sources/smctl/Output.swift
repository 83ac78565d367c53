package import FoundationEssentials

#if canImport(Glibc)
import Glibc
#endif

/// Where smctl writes, and how.
package struct Output: Sendable {
    /// Whether a person looks at it: symbols, colour and redrawing.
    package var style: Style
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
    ///   - now: The time that ages are counted to.
    ///   - line: Writes a line of data.
    ///   - note: Writes a line for people.
    package init(
        style: Style,
        now: @escaping @Sendable () -> Date,
        line: @escaping @Sendable (String) -> Void,
        note: @escaping @Sendable (String) -> Void
    ) {
        self.style = style
        self.now = now
        self.line = line
        self.note = note
    }

    /// The process's own: colour only on a terminal and without NO_COLOR (no-color.org).
    package static var standard: Output {
        let hasColor = isatty(STDOUT_FILENO) == 1 && getenv("NO_COLOR").map { $0.pointee == 0 } ?? true
        return Output(
            style: hasColor ? .terminal : .plain,
            now: { Date() },
            line: { write($0, to: STDOUT_FILENO) },
            note: { write($0, to: STDERR_FILENO) }
        )
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
