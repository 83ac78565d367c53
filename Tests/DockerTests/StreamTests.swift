import Docker
import Synchronization
import TestSupport
import Testing

@Suite struct StreamTests {
    @Test func `a pull tells how it goes`() async throws {
        let report =
            #"{"status":"Pulling from app","id":"1"}"# + "\r\n" + #"{"status":"Done","id":"l","progress":"[==]"}"#
        try await withEngine { _ in
            .chunks(split(Array(report.utf8), every: 7))
        } _: { client, server in
            let lines = Mutex<[String]>([])
            try await client.pullImage("reg:5000/team/app") { line in lines.withLock { $0.append(line) } }
            #expect(lines.withLock { $0 } == ["1: Pulling from app", "l: Done [==]"])
            #expect(server.requests.last?.target == "/v1.43/images/create?fromImage=reg%3A5000%2Fteam%2Fapp&tag=latest")
        }
    }

    @Test(arguments: [
        ("app:2", "fromImage=app&tag=2"), ("app@sha256:ab", "fromImage=app&tag=sha256%3Aab"),
        ("reg:5000/app:2@sha256:ab", "fromImage=reg%3A5000%2Fapp&tag=sha256%3Aab"),
    ])
    func `a pull never asks for all tags`(reference: String, query: String) async throws {
        try await withEngine { _ in
            .chunks([])
        } _: { client, server in
            try await client.pullImage(reference) { _ in }
            #expect(server.requests.last?.target == "/v1.43/images/create?\(query)")
        }
    }

    @Test func `an error within a pull fails it`() async throws {
        let report =
            #"{"status":"Pulling"}"# + "\n" + #"{"errorDetail":{"message":"no space"},"error":"no space"}"# + "\n"
        try await withEngine { _ in
            .chunks([Array(report.utf8)])
        } _: { client, _ in
            let error = await failure { () async throws(DockerError) in try await client.pullImage("app") { _ in } }
            #expect(error == .stream(reason: "pull of app: no space"))
        }
    }

    @Test func `a pull without progress is given up`() async throws {
        try await withEngine { _ in
            .stall([Array("{\"status\":\"Pulling\"}\n".utf8)])
        } _: { client, _ in
            let error = await failure { () async throws(DockerError) in
                try await client.pullImage("app", stallLimit: .milliseconds(300)) { _ in }
            }
            #expect(error == .timedOut(call: "POST /images/create of app", limit: .milliseconds(300)))
        }
    }

    @Test(arguments: [1, 2, 3, 5, 8, 9, 1000])
    func `output and error come as lines however they are cut`(size: Int) async throws {
        let bytes = frame(1, "one\ntw") + frame(2, "oops\n") + frame(1, "o\n") + frame(1, "") + frame(1, "three")
        try await withEngine { _ in
            .chunks(split(bytes, every: size))
        } _: { client, server in
            let lines = try await client.logs("a", tail: 10)
            #expect(lines == ["one", "oops", "two", "three"])
            let last = try await client.logs("a", tail: 2)
            #expect(last == ["two", "three"])
            #expect(server.requests.last?.target == "/v1.43/containers/a/logs?stdout=1&stderr=1&tail=2")
        }
    }

    @Test func `output without frames and very long lines are read too`() async throws {
        let long = [UInt8](repeating: UInt8(ascii: "x"), count: 40_000)
        try await withEngine { request in
            request.target.contains("/raw/")
                ? .chunks([Array("hi\nthere\n".utf8)])
                : .chunks(split(frame(1, String(decoding: long, as: UTF8.self)), every: 5000))
        } _: { client, _ in
            let raw = try await client.logs("raw", tail: 10)
            #expect(raw == ["hi", "there"])
            let cut = try await client.logs("long", tail: 10)
            #expect(cut.map(\.utf8.count) == [16384, 16384, 7232])
        }
    }

    @Test(arguments: [1, 10, 64, 4096])
    func `events come one by one after the connection is reported`(size: Int) async throws {
        let text =
            #"{"Type":"container","Action":"die","Actor":{"ID":"a","Attributes":{"exitCode":"137","name":"web"}},"timeNano":5}"#
            + "\n" + #"{"status":"start","id":"b","Type":"container"}"# + "\n"
        try await withEngine { _ in
            .chunks(split(Array(text.utf8), every: size))
        } _: { client, server in
            var seen: [String] = []
            var events: [DockerEvent] = []
            try await client.events(onConnected: { seen.append("connected") }) { event in
                seen.append(event.id)
                events.append(event)
            }
            #expect(seen == ["connected", "a", "b"])
            #expect(events.first?.action == "die")
            #expect(events.first?.exitCode == 137)
            #expect(events.first?.attributes["name"] == "web")
            #expect(events.first?.timeNano == 5)
            #expect(events.last?.action == "start")
            #expect(events.last?.exitCode == nil)
            let target = try #require(server.requests.last?.target)
            #expect(target.hasSuffix("&filters=%7B%22type%22%3A%5B%22container%22%2C%22network%22%5D%7D"))
            let since = try #require(target.split(separator: "?").last?.prefix { $0 != "&" })
            #expect(try #/since=1\d{9}\.\d{9}/#.wholeMatch(in: since) != nil)
        }
    }

    @Test func `a stream of events that breaks off is an error`() async throws {
        try await withEngine { _ in
            .breakOff([Array(#"{"status":"start","id":"b"}"#.utf8)])
        } _: { client, _ in
            let error = await failure { () async throws(DockerError) in try await client.events { _ in } }
            guard case .stream = error else {
                Issue.record("got \(String(describing: error))")
                return
            }
        }
    }
}

/// A frame of a container's output as the engine sends it.
private func frame(_ stream: UInt8, _ text: String) -> [UInt8] {
    let length = UInt32(text.utf8.count)
    return [stream, 0, 0, 0] + (0..<4).reversed().map { UInt8(truncatingIfNeeded: length >> ($0 * 8)) }
        + Array(text.utf8)
}

/// The bytes in pieces of one size.
private func split(_ bytes: [UInt8], every size: Int) -> [[UInt8]] {
    stride(from: 0, to: bytes.count, by: size).map { Array(bytes[$0..<min($0 + size, bytes.count)]) }
}
