import ControlAPI
import FoundationEssentials
import Synchronization
import smctl

/// What smctl wrote, for tests to look at.
final class RecordedOutput: Sendable {
    private let written = Mutex((lines: [String](), notes: [String]()))

    var lines: [String] { written.withLock { $0.lines } }
    var notes: [String] { written.withLock { $0.notes } }

    func output(_ style: Style = .plain) -> Output {
        let now = Timestamp.date(Fixtures.now) ?? .distantPast
        return Output(
            style: style,
            now: { now },
            line: { line in self.written.withLock { $0.lines.append(line) } },
            note: { line in self.written.withLock { $0.notes.append(line) } }
        )
    }

    func run(_ arguments: String...) async -> ExitStatus {
        await Invocation.run(arguments, output: output())
    }
}
