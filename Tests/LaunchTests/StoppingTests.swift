import Glibc
import Testing

@Suite struct StoppingTests {
    @Test(arguments: [SIGTERM, SIGINT]) func `asks the daemon, and exits as told`(signal: CInt) async throws {
        try await withSurroundings { surroundings in
            let (process, daemon) = try surroundings.greeted()
            try daemon.send("ready\n")
            _ = try surroundings.notifications.next(beginning: "READY")
            process.send(signal: signal)
            #expect(try daemon.line() == "stopping")
            #expect(try surroundings.notifications.next() == "STOPPING=1")
            try daemon.send("exit 0\n")
            #expect(try process.exitStatus() == 0)
        }
    }

    @Test(arguments: [("0", 0), ("3", 3), ("137", 137), ("255", 255), ("256", 1), ("-1", 1), ("", 1), ("x", 1)])
    func `exits with the container's status`(text: String, status: CInt) async throws {
        try await withSurroundings { surroundings in
            let (process, daemon) = try surroundings.greeted()
            try daemon.send("exit \(text)\n")
            #expect(try process.exitStatus() == status)
        }
    }

    @Test func `exits at once when there is no daemon`() async throws {
        try await withSurroundings { surroundings in
            surroundings.removeDaemon()
            let process = try surroundings.launch()
            _ = try surroundings.notifications.next(beginning: "STATUS=waiting")
            process.send(signal: SIGTERM)
            #expect(try process.exitStatus(Deadline(after: .seconds(5))) == 0)
        }
    }

    @Test func `exits when nobody listens on the daemon's socket any more`() async throws {
        try await withSurroundings { surroundings in
            let (process, daemon) = try surroundings.greeted()
            surroundings.daemon.close()
            daemon.close()
            _ = try surroundings.notifications.next(beginning: "STATUS=waiting")
            process.send(signal: SIGTERM)
            #expect(try process.exitStatus(Deadline(after: .seconds(5))) == 0)
        }
    }

    @Test(arguments: [false, true]) func `gives a daemon that doesn't answer ten seconds`(
        hasAnswered: Bool
    ) async throws {
        try await withSurroundings { surroundings in
            let (process, daemon) = try surroundings.greeted()
            if hasAnswered {
                try daemon.send("stop-timeout 1\nready\n")
                _ = try surroundings.notifications.next(beginning: "READY")
            }
            let began = ContinuousClock.now
            process.send(signal: SIGTERM)
            #expect(try daemon.line() == "stopping")
            #expect(try process.exitStatus() == 0)
            #expect(began.duration(to: .now) >= .milliseconds(hasAnswered ? 10_900 : 9900))
        }
    }

    @Test func `asks again after the daemon's restart`() async throws {
        try await withSurroundings { surroundings in
            let (process, daemon) = try surroundings.greeted()
            process.send(signal: SIGTERM)
            #expect(try daemon.line() == "stopping")
            daemon.close()
            let again = try surroundings.daemon.accept()
            #expect(try again.line().hasPrefix("hello 1 shop manager "))
            #expect(try again.line() == "stopping")
            try again.send("exit 7\n")
            #expect(try process.exitStatus() == 7)
        }
    }

    @Test func `says in its unit's journal what it is told to, and fails as told`() async throws {
        try await withSurroundings { surroundings in
            let (process, daemon) = try surroundings.greeted()
            try daemon.send("say refused: use smctl rollback\nexit 1\n")
            #expect(try process.error.line() == "refused: use smctl rollback")
            #expect(try process.exitStatus() == 1)
            #expect(!surroundings.notifications.pending().contains("READY=1"))
        }
    }

    @Test func `is no failed start when it ends in peace before it was ready`() async throws {
        try await withSurroundings { surroundings in
            let (process, daemon) = try surroundings.greeted()
            try daemon.send("exit 0\n")
            #expect(try process.exitStatus() == 0)
            #expect(surroundings.notifications.pending().contains("READY=1"))
        }
    }

    @Test func `ignores a hangup`() async throws {
        try await withSurroundings { surroundings in
            let (process, daemon) = try surroundings.greeted()
            process.send(signal: SIGHUP)
            try daemon.send("exit 4\n")
            #expect(try process.exitStatus() == 4)
        }
    }
}
