import Glibc
import Testing

private let path = "/containers/abc/logs?follow=1&stdout=1&stderr=1&timestamps=1"
private let running = #"{"State":{"Status":"running","Running":true}}"#
private let exited = #"{"State":{"Status":"exited","Running":false}}"#

@Suite struct LogEndingTests {
    @Test func `copies on without the daemon`() async throws {
        try await withSurroundings { surroundings in
            let (process, daemon) = try surroundings.greeted()
            let (_, logs) = try surroundings.beginLogs(daemon)
            daemon.close()
            _ = try surroundings.notifications.next(beginning: "STATUS=service-managerd has been unreachable")
            try logs.send(.output, "2026-01-31T13:59:01Z meanwhile\n")
            #expect(try process.output.line() == "meanwhile")
        }
    }

    @Test func `copies the last output of an exited container before it exits`() async throws {
        try await withSurroundings { surroundings in
            let (process, daemon) = try surroundings.greeted()
            let (_, logs) = try surroundings.beginLogs(daemon)
            try daemon.send("logs abc -\nexit 5\n")
            try surroundings.answer("/containers/abc/json", exited)
            #expect(process.runs(for: .milliseconds(300)))
            try logs.send(.output, "2026-01-31T13:59:01Z last words\n")
            try logs.end()
            #expect(try process.exitStatus() == 5)
            #expect(try process.output.line() == "last words")
            #expect(try daemon.reaches("position abc 2026-01-31T13:59:01.000000000Z"))
            #expect(try daemon.line() == "copied abc")
        }
    }

    @Test func `doesn't wait for a container that goes on`() async throws {
        try await withSurroundings { surroundings in
            let (process, daemon) = try surroundings.greeted()
            let (_, logs) = try surroundings.beginLogs(daemon)
            for second in 1...9 { try logs.send(.output, "2026-01-31T13:59:0\(second)Z line\n") }
            process.send(signal: SIGTERM)
            while try daemon.line() != "stopping" {}
            try daemon.send("logs abc -\nexit 0\n")
            try surroundings.answer("/containers/abc/json", running)
            #expect(try process.exitStatus(Deadline(after: .seconds(4))) == 0)
            #expect(try process.output.bytesToEnd().count == 45)
            let lines = String(decoding: try daemon.bytesToEnd(), as: UTF8.self).split(separator: "\n")
            #expect(lines.allSatisfy { $0.hasPrefix("position abc ") })
        }
    }

    @Test func `exits after five seconds if an exited container's output doesn't end`() async throws {
        try await withSurroundings { surroundings in
            let (process, daemon) = try surroundings.greeted()
            let (_, logs) = try surroundings.beginLogs(daemon)
            let began = ContinuousClock.now
            try daemon.send("logs abc -\nexit 6\n")
            try surroundings.answer("/containers/abc/json", exited)
            #expect(try process.exitStatus() == 6)
            #expect(began.duration(to: .now) >= .milliseconds(4900))
            withExtendedLifetime(logs) {}
        }
    }

    @Test func `loses nothing when the journal is slow, and stays responsive`() async throws {
        try await withSurroundings { surroundings in
            let (process, daemon) = try surroundings.greeted()
            let (_, logs) = try surroundings.beginLogs(daemon)
            let line = String(repeating: "y", count: 1000)
            // More than the pipe holds (64 KiB), less than it and the connection's buffers together.
            let frame = LogResponse.frame(.output, "2026-01-31T13:59:01Z \(line)\n")
            try logs.chunk(Array(repeatElement(frame, count: 150).joined()))
            process.send(signal: SIGTERM)
            #expect(try daemon.line() == "stopping")
            for _ in 0..<150 { #expect(try process.output.line() == line) }
            #expect(try daemon.line().hasPrefix("position abc "))
        }
    }

    @Test(arguments: [false, true]) func `connects to Docker again only with the daemon's word`(
        restartsDaemon: Bool
    ) async throws {
        try await withSurroundings { surroundings in
            var (process, daemon) = try surroundings.greeted()
            let (_, logs) = try surroundings.beginLogs(daemon)
            try logs.send(.output, "2026-01-31T13:59:01Z before\n")
            #expect(try process.output.line() == "before")
            // The word that it was given holds for a second.
            #expect(surroundings.docker.staysQuiet(for: .milliseconds(1100)))
            logs.connection.close()
            #expect(try daemon.reaches("waiting abc"))
            if restartsDaemon {
                daemon.close()
                daemon = try surroundings.daemon.accept()
                _ = try daemon.line()
            }
            #expect(surroundings.docker.staysQuiet(for: .seconds(2)))
            try daemon.send("logs abc -\n")
            let (resource, again) = try surroundings.beginLogs()
            #expect(resource.hasPrefix(path + "&since="))
            try again.send(.output, "2026-01-31T13:59:01Z before\n")
            try again.send(.output, "2026-01-31T13:59:02Z after\n")
            #expect(try process.output.line() == "after")
        }
    }

    @Test func `ends without Docker when the daemon gives no word for it`() async throws {
        try await withSurroundings { surroundings in
            let (process, daemon) = try surroundings.greeted()
            let (_, logs) = try surroundings.beginLogs(daemon)
            #expect(surroundings.docker.staysQuiet(for: .milliseconds(1100)))
            logs.connection.close()
            #expect(try daemon.reaches("waiting abc"))
            try daemon.send("exit 0\n")
            #expect(try process.exitStatus(Deadline(after: .seconds(4))) == 0)
            #expect(surroundings.docker.staysQuiet(for: .zero))
        }
    }

    @Test func `tells the daemon when the journal is gone`() async throws {
        try await withSurroundings { surroundings in
            let (process, daemon) = try surroundings.greeted()
            process.output.close()
            let (_, logs) = try surroundings.beginLogs(daemon)
            // The kernel lets go of what a process that another test starts isn't to inherit a moment after it has told of the
            // start: until then the pipe has a reader, and a line counts as written.
            var told = ""
            for second in 10..<60 where !told.hasPrefix("log-failed") {
                try logs.send(.output, "2026-01-31T13:59:\(second)Z lost\n")
                told = try daemon.line()
            }
            #expect(told == "log-failed abc writing to the journal: Broken pipe")
            #expect(process.runs(for: .zero))
        }
    }
}
