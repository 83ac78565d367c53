import Logging
import Systemd
import Testing

private struct Outer: CausedError, CustomStringConvertible {
    let cause: (any Error)?
    let description: String
}

@Suite struct JournalFieldsTests {
    private func event(
        _ level: Logger.Level = .notice,
        _ message: Logger.Message = "rolled out",
        error: (any Error)? = nil
    ) -> LogEvent {
        LogEvent(
            level: level,
            message: message,
            error: error,
            metadata: nil,
            source: "M",
            file: "M/F.swift",
            function: "f()",
            line: 7
        )
    }

    @Test func `maps metadata to fields that journald takes`() {
        let fields = JournalFields(
            event(),
            metadata: [
                "service.id": "shop", "message.id": "0123", "ä": "dropped", "_pid": "1", "3d": "x", "priority": "0",
                "list": ["a", "b"], "map": ["k": "v"], "text": "two\nlines",
            ]
        )
        #expect(
            fields.fields == [
                "MESSAGE=rolled out", "PRIORITY=5", "CODE_FILE=M/F.swift", "CODE_LINE=7", "CODE_FUNC=f()", "D=x",
                "PID=1",
                "LIST=a, b", "MAP=k=v", "MESSAGE_ID=0123", "SERVICE_ID=shop", "TEXT=two\nlines",
            ]
        )
    }

    @Test(arguments: [
        (Logger.Level.critical, 2), (.error, 3), (.warning, 4), (.notice, 5), (.info, 6), (.debug, 7), (.trace, 7),
    ])
    func `gives syslog's priorities`(level: Logger.Level, priority: Int) {
        #expect(JournalFields(event(level), metadata: [:]).fields.contains("PRIORITY=\(priority)"))
    }

    @Test func `shows an error and its causes once`() {
        let error = Outer(
            cause: Outer(cause: Outer(cause: nil, description: "no route"), description: "connect"),
            description: "pull: connect"
        )
        let fields = JournalFields(event(.error, "can't start", error: error), metadata: ["error": "another"]).fields
        #expect(fields.contains("MESSAGE=can't start: pull: connect: no route"))
        #expect(fields.contains("ERROR=pull: connect: no route"))
        #expect(fields.count { $0.hasPrefix("ERROR=") } == 1)
        #expect(JournalFields(event(), metadata: ["error": "gone"]).fields.first == "MESSAGE=rolled out: gone")
        #expect(JournalFields(event(), metadata: ["error": "rolled"]).fields.first == "MESSAGE=rolled out")
    }

    @Test func `makes one line for a terminal`() {
        let line = JournalFields.line(event(.warning, "two\nlines"), metadata: ["b": "2", "a": "1", "error": "bad"])
        #expect(line == "warning: two lines: bad a=1 b=2")
    }
}
