import Glibc
import Testing

private let path = "/containers/abc/logs?follow=1&stdout=1&stderr=1&timestamps=1"
private let running =
    #"{"Config":{"Env":["A=\"Running\":false"]},"State":{"Status":"running","Running":true,"Paused":false}}"#
private let exited =
    #"{"Config":{"Env":["A=\"Running\":true"]},"State":{"Status":"exited","Running":false,"Paused":false}}"#

private func stamp(_ second: Int, _ text: String) -> String {
    "2026-01-31T13:59:\(second < 10 ? "0" : "")\(second).123456789Z \(text)"
}

@Suite struct LogTests {
    @Test(arguments: [1, 3, 7, 4096]) func `copies both streams however they are cut`(size: Int) async throws {
        try await withSurroundings { surroundings in
            let (process, daemon) = try surroundings.greeted()
            let (resource, logs) = try surroundings.beginLogs(daemon)
            #expect(resource == path)
            let bytes =
                LogResponse.frame(.output, stamp(1, "one\n")) + LogResponse.frame(.error, stamp(2, "two ä\n"))
                + LogResponse.frame(.output, stamp(3, "\n")) + LogResponse.frame(.output, "no time, 3 words\n")
                + LogResponse.frame(.output, stamp(4, "three\n") + stamp(4, "four\n"))
                + LogResponse.frame(.error, stamp(5, "unfinished"))
            for start in stride(from: 0, to: bytes.count, by: size) {
                try logs.chunk(Array(bytes[start..<min(start + size, bytes.count)]))
            }
            try logs.end()
            try surroundings.giveWord(daemon)
            try surroundings.answer("/containers/abc/json", exited)
            while try daemon.line() != "copied abc" {}
            try daemon.send("exit 0\n")
            #expect(try process.exitStatus() == 0)
            let output = String(decoding: try process.output.bytesToEnd(), as: UTF8.self)
            #expect(output == "one\n\nno time, 3 words\nthree\nfour\n")
            #expect(String(decoding: try process.error.bytesToEnd(), as: UTF8.self) == "two ä\nunfinished\n")
        }
    }

    @Test func `reads from the Docker that the daemon names`() async throws {
        try await withSurroundings { surroundings in
            let docker = "\(surroundings.folder)/docker.sock"
            let process = try surroundings.launch(environment: ["DOCKER_HOST": "unix:///nonexistent/docker.sock"])
            let daemon = try surroundings.daemon.accept()
            _ = try daemon.line()
            try daemon.send("docker \(docker)\ndocker not/absolute\nlogs abc -\n")
            let (resource, logs) = try surroundings.beginLogs()
            #expect(resource == path)
            try logs.send(.output, stamp(1, "one\n"))
            #expect(try process.output.line() == "one")
        }
    }

    @Test func `speaks the version that the daemon names, and the engine's newest once that is refused`() async throws {
        try await withSurroundings { surroundings in
            let (process, daemon) = try surroundings.greeted()
            try daemon.send("docker-api 1.41\ndocker-api 1/../\nlogs abc -\n")
            try surroundings.answer(
                "/v1.41" + path,
                status: "400 Bad Request",
                #"{"message":"client version 1.41 is too old. Minimum supported API version is 1.44"}"#
            )
            let (resource, logs) = try surroundings.beginLogs(daemon)
            #expect(resource == path)
            try logs.send(.output, stamp(1, "one\n"))
            #expect(try process.output.line() == "one")
            try logs.end()
            try surroundings.giveWord(daemon)
            try surroundings.answer("/containers/abc/json", exited)
            while try daemon.line() != "copied abc" {}
        }
    }

    @Test func `copies a terminal's output, not chunked`() async throws {
        try await withSurroundings { surroundings in
            let (process, daemon) = try surroundings.greeted()
            try daemon.send("logs abc 2026-01-31T13:59:01.5+01:00\n")
            let (resource, connection) = try surroundings.dockerRequest()
            #expect(resource == path + "&since=1769864341.500000000")
            try connection.send("HTTP/1.1 200 OK\r\n\r\n" + stamp(2, "one\r\n") + stamp(3, "two\r\n"))
            #expect(try process.output.line() == "one")
            #expect(try process.output.line() == "two")
            connection.close()
            try surroundings.giveWord(daemon)
            try surroundings.answer("/containers/abc/json", exited)
            while try daemon.line() != "copied abc" {}
        }
    }

    @Test func `joins what Docker cuts, and cuts what is too long between characters`() async throws {
        try await withSurroundings { surroundings in
            let (process, daemon) = try surroundings.greeted()
            let (_, logs) = try surroundings.beginLogs(daemon)
            let part = String(repeating: "x", count: 16384)
            for text in [part, part, "end\n"] { try logs.send(.output, stamp(1, text)) }
            #expect(try process.output.line() == part + part + "end")
            // Two bytes each, and the limit falls into one.
            for text in ["a", String(repeating: "ä", count: 30000), "\n"] { try logs.send(.output, stamp(2, text)) }
            #expect(try process.output.line() == "a" + String(repeating: "ä", count: 24575))
            #expect(try process.output.line() == String(repeating: "ä", count: 30000 - 24575))
        }
    }

    @Test func `goes on where it was when Docker's connection breaks`() async throws {
        try await withSurroundings { surroundings in
            let (process, daemon) = try surroundings.greeted()
            try daemon.send("logs abc -\nlogs abc -\n")
            var (_, logs) = try surroundings.beginLogs()
            try logs.send(.output, stamp(10, "one\n"))
            try logs.send(.error, stamp(11, "two\n"))
            try logs.send(.output, stamp(12, "half"))
            #expect(try process.error.line() == "two")
            #expect(try daemon.reaches("position abc 2026-01-31T13:59:11.123456789Z"))
            logs.connection.close()
            try surroundings.giveWord(daemon)
            let resource: String
            (resource, logs) = try surroundings.beginLogs()
            #expect(resource == path + "&since=1769867950.123456789")
            try logs.send(.output, stamp(10, "one\n"))
            try logs.send(.error, stamp(11, "two\n"))
            try logs.send(.output, stamp(12, "half and half\n"))
            #expect(try process.output.line() == "one")
            #expect(try process.output.line() == "half and half")
            #expect(try daemon.reaches("position abc 2026-01-31T13:59:12.123456789Z"))
            // A second `logs` for the same container made no second connection.
            #expect(surroundings.docker.staysQuiet(for: .zero))
        }
    }

    @Test func `follows a container that goes on after the end of its stream`() async throws {
        try await withSurroundings { surroundings in
            let (process, daemon) = try surroundings.greeted()
            try daemon.send("logs abc -\n")
            func answer(_ resource: String, status: String = "200 OK", _ body: String) throws {
                try surroundings.giveWord(daemon)
                try surroundings.answer(resource, status: status, body)
            }
            try answer(path, "")
            try answer("/containers/abc/json", #"{"State":{"Status":"created","Running":false}}"#)
            try answer(path, "")
            try answer("/containers/abc/json", running)
            try answer(path, status: "500 Internal Server Error", #"{"message":"starting"}"#)
            try surroundings.giveWord(daemon)
            let (_, logs) = try surroundings.beginLogs()
            try logs.send(.output, stamp(1, "hello\n"))
            #expect(try process.output.line() == "hello")
        }
    }

    @Test(arguments: [
        ("404 Not Found", #"{"message":"No such container: abc"}"#, "copied abc"),
        (
            "501 Not Implemented", #"{"message":"no reading"}"#,
            #"log-failed abc Docker answered 501: {"message":"no reading"}"#
        ),
    ])
    func `tells the daemon when there is nothing to copy`(status: String, body: String, line: String) async throws {
        try await withSurroundings { surroundings in
            let (_, daemon) = try surroundings.greeted()
            try daemon.send("logs abc -\n")
            try surroundings.answer(path, status: status, body + "\n")
            #expect(try daemon.line() == line)
        }
    }

    @Test(arguments: ["a/b", "a?b", "..\r"]) func `refuses what isn't a container`(name: String) async throws {
        try await withSurroundings { surroundings in
            let (_, daemon) = try surroundings.greeted()
            try daemon.send("logs \(name) -\n")
            #expect(try daemon.reaches("log-failed \(name) not a container id"))
        }
    }

    @Test func `tells a daemon that comes anew how far it has come`() async throws {
        try await withSurroundings { surroundings in
            let (process, daemon) = try surroundings.greeted()
            let (_, logs) = try surroundings.beginLogs(daemon)
            try logs.send(.output, stamp(1, "one\n"))
            #expect(try daemon.reaches("position abc 2026-01-31T13:59:01.123456789Z"))
            daemon.close()
            let next = try surroundings.daemon.accept()
            #expect(try next.line().hasPrefix("hello "))
            #expect(try next.line() == "position abc 2026-01-31T13:59:01.123456789Z")
            #expect(process.runs(for: .zero))
        }
    }

    @Test func `reports the position once a second`() async throws {
        try await withSurroundings { surroundings in
            let (process, daemon) = try surroundings.greeted()
            try daemon.send("logs abc 2026-01-31T13:59:00Z\n")
            let (_, logs) = try surroundings.beginLogs()
            // From before the first report, so that it doesn't matter when this test gets to read it.
            let began = ContinuousClock.now
            try logs.send(.output, stamp(1, "first\n"))
            #expect(try daemon.reaches("position abc 2026-01-31T13:59:01.123456789Z"))
            for second in 2...20 {
                try logs.send(.output, stamp(second, "more\n"))
                while try process.output.line() != "more" {}
            }
            #expect(try daemon.reaches("position abc 2026-01-31T13:59:20.123456789Z"))
            #expect(began.duration(to: .now) > .milliseconds(900))
        }
    }
}
