import Glibc
import Testing

private func stamp(_ second: Int, _ text: String) -> String { "2026-01-31T13:59:0\(second).123456789Z \(text)" }
private let id = "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"
private let exited = #"{"State":{"Status":"exited","Running":false,"Paused":false}}"#

/// What the journal gets to know of a container's lines.
@Suite struct JournalTests {
    private func fields(_ message: String, priority: Int = 6) -> String {
        """
        CONTAINER_NAME=shop.1-abc
        CONTAINER_ID=0123456789ab
        CONTAINER_ID_FULL=\(id)
        CONTAINER_TAG=0123456789ab
        SYSLOG_IDENTIFIER=launch
        SYSLOG_FACILITY=3
        PRIORITY=\(priority)
        MESSAGE=\(message)

        """
    }

    @Test func `lines carry the fields of Docker's own driver, where the stream is the journal's`() async throws {
        try await withSurroundings { surroundings in
            let process = try surroundings.launch(["shop", "1-abc", "-"], isInJournal: true)
            let daemon = try surroundings.daemon.accept()
            _ = try daemon.line()
            try daemon.send("logs \(id) -\n")
            let (_, logs) = try surroundings.beginLogs()
            try logs.send(.output, stamp(1, "to the pipe\n"))
            #expect(try process.output.line() == "to the pipe")
            try logs.send(.error, stamp(2, "  one = two\n") + stamp(2, "<3>bad\n") + stamp(3, "<9>text\n"))
            #expect(try surroundings.journal.next() == fields("  one = two"))
            #expect(try surroundings.journal.next() == fields("bad", priority: 3))
            #expect(try surroundings.journal.next() == fields("<9>text"))
            try daemon.send("say from the daemon\n")
            #expect(try process.error.line() == "from the daemon")
        }
    }

    @Test func `a journal that is slow loses no line, and is waited for at the end`() async throws {
        try await withSurroundings { surroundings in
            let process = try surroundings.launch(["shop", "1-abc", "-"], isInJournal: true)
            let daemon = try surroundings.daemon.accept()
            _ = try daemon.line()
            try daemon.send("logs abc -\n")
            let (_, logs) = try surroundings.beginLogs()
            // More than a socket holds, so that it blocks in the middle.
            let long = String(repeating: "x", count: 4000)
            for number in 0..<50 { try logs.send(.error, stamp(1, "\(number) \(long)\n")) }
            try logs.end()
            for number in 0..<49 {
                #expect(try surroundings.journal.next().hasSuffix("\nMESSAGE=\(number) \(long)\n"))
            }
            try surroundings.giveWord(daemon)
            try surroundings.answer("/containers/abc/json", exited)
            while try daemon.line() != "copied abc" {}
            try daemon.send("exit 0\n")
            // journald finds a line's unit by the process, so the process waits until it has the last one.
            #expect(process.runs(for: .milliseconds(300)))
            #expect(try surroundings.journal.next().hasSuffix("\nMESSAGE=49 \(long)\n"))
            #expect(try surroundings.journal.next() == "\n")
            #expect(try process.exitStatus() == 0)
        }
    }

    @Test func `without journald's socket a line goes into the stream`() async throws {
        try await withSurroundings { surroundings in
            let process = try surroundings.launch(
                ["shop", "1-abc", "-"],
                environment: ["SERVICE_MANAGER_JOURNAL_SOCKET": "\(surroundings.folder)/absent"],
                isInJournal: true
            )
            let daemon = try surroundings.daemon.accept()
            _ = try daemon.line()
            try daemon.send("logs abc -\n")
            let (_, logs) = try surroundings.beginLogs()
            try logs.send(.error, stamp(1, "one\n"))
            #expect(try process.error.line() == "one")
        }
    }
}
