import Glibc
import Testing

@Suite struct RegistrationTests {
    @Test(arguments: [
        [], ["shop"], ["shop", "manager"], ["shop", "manager", "-", "more"], ["", "manager", "-"],
        ["my shop", "manager", "-"],
        ["shop", "man\tager", "-"], ["shop", "manager", "1.2.3.4 :80"],
    ])
    func `refuses wrong arguments and repeats them`(arguments: [String]) async throws {
        try await withSurroundings { surroundings in
            let process = try surroundings.launch(arguments)
            let text = String(decoding: try process.error.bytesToEnd(), as: UTF8.self)
            #expect(try process.exitStatus() == 2)
            #expect(text.contains("usage: launch SERVICE INSTANCE ADDRESS"))
            for argument in arguments { #expect(text.contains("'\(argument)'")) }
        }
    }

    @Test(arguments: [
        (nil, "-"), ("", "-"), ("http://127.0.0.1:5984/services", "http://127.0.0.1:5984/services"),
        (" http://h/a b\n", "http://h/a%20b"),
    ])
    func `introduces itself with the unit's CouchDB`(variable: String?, field: String) async throws {
        try await withSurroundings { surroundings in
            let environment = variable.map { ["COUCHDB_URL": $0] } ?? [:]
            let process = try surroundings.launch(["shop", "1-ab", "172.18.0.1:7001"], environment: environment)
            let connection = try surroundings.daemon.accept()
            #expect(try connection.line() == "hello 1 shop 1-ab 172.18.0.1:7001 \(field) \(process.identifier)")
        }
    }

    @Test func `waits for a daemon that comes later, and says so`() async throws {
        try await withSurroundings { surroundings in
            surroundings.removeDaemon()
            let process = try surroundings.launch()
            let status = try surroundings.notifications.next()
            #expect(
                status
                    == "STATUS=waiting for service-managerd (connect \(surroundings.daemonPath): No such file or directory)"
            )
            try surroundings.restoreDaemon()
            let connection = try surroundings.daemon.accept()
            #expect(try connection.line().hasSuffix(" \(process.identifier)"))
        }
    }

    @Test func `relays readiness once, and each status`() async throws {
        try await withSurroundings { surroundings in
            let (process, daemon) = try surroundings.greeted()
            _ = try surroundings.notifications.next()
            try daemon.send("status pulling  nginx: 20 %\nready\nrea")
            #expect(try surroundings.notifications.next() == "STATUS=pulling  nginx: 20 %")
            #expect(try surroundings.notifications.next() == "READY=1")
            try daemon.send("dy\nsomething new\n\nstatus in service\n")
            #expect(try surroundings.notifications.next() == "STATUS=in service")
            #expect(process.runs(for: .zero))
        }
    }

    @Test func `notifies an abstract socket`() async throws {
        try await withSurroundings { surroundings in
            let name = "@launch-test-\(getpid())"
            let notifications = try NotifySocket(name)
            let process = try surroundings.launch(environment: ["NOTIFY_SOCKET": name])
            let daemon = try surroundings.daemon.accept()
            try daemon.send("ready\n")
            #expect(try notifications.next(beginning: "READY") == "READY=1")
            #expect(process.runs(for: .zero))
        }
    }

    @Test func `survives the daemon, and registers again`() async throws {
        try await withSurroundings { surroundings in
            let (process, daemon) = try surroundings.greeted()
            try daemon.send("status in service\n")
            #expect(try surroundings.notifications.next(beginning: "STATUS=in") == "STATUS=in service")
            daemon.close()
            let status = try surroundings.notifications.next()
            #expect(status.hasPrefix("STATUS=service-managerd has been unreachable since 20"))
            let again = try surroundings.daemon.accept()
            #expect(try again.line() == "hello 1 shop manager - - \(process.identifier)")
            // The answer of any kind brings the earlier status back.
            try again.send("stop-timeout 30\n")
            #expect(try surroundings.notifications.next(beginning: "STATUS=in") == "STATUS=in service")
        }
    }

    @Test func `leaves a daemon that sends a line without end`() async throws {
        try await withSurroundings { surroundings in
            let (process, daemon) = try surroundings.greeted()
            try? daemon.send([UInt8](repeating: UInt8(ascii: "x"), count: 100_000))
            let again = try surroundings.daemon.accept()
            #expect(try again.line().hasSuffix(" \(process.identifier)"))
        }
    }
}
