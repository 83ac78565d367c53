import ControlAPI
import ControlServer
import FoundationEssentials
import ServiceModel
import TestSupport
import Testing
import smctl

#if canImport(Glibc)
import Glibc
#endif

@Suite struct `control socket` {
    @Test func `answers with the status of all and of one service`() async throws {
        let services = [try Fixtures.api(), try Fixtures.mail()]
        try await serving(StandInBackend(services)) { socket in
            try await ControlClient.with(socket: socket, timeout: .seconds(120)) { client in
                let document = try await client.status()
                #expect(document == Fixtures.document(services))
                let mail = try await client.service("mail")
                #expect(mail == services[1])
            }
        }
    }

    @Test func `streams everything first, then what changed`() async throws {
        let api = try Fixtures.api()
        let mail = try Fixtures.mail()
        let backend = StandInBackend([api, mail])
        try await serving(backend) { socket in
            try await ControlClient.with(socket: socket, timeout: .seconds(120)) { client in
                var updates = try await client.statusUpdates().makeAsyncIterator()
                let first = try await updates.next()
                #expect(first?.services == [api, mail])
                var changed = api
                changed.state = .degraded
                let web = try Fixtures.web()
                backend.set([changed, web])
                let second = try await updates.next()
                #expect(second?.services == [changed, web])
            }
            try await eventually("the server notices that the reader left") { backend.listenerCount == 0 }
        }
    }

    @Test func `has only what differs in a change`() throws {
        let api = try Fixtures.api()
        let mail = try Fixtures.mail()
        var changed = api
        changed.detail = "odd"
        let old = Fixtures.document([api, mail])
        var new = Fixtures.document([changed])
        new.at = "2026-09-01T10:00:07Z"
        let change = try #require(StatusChange(from: old, to: new))
        #expect(change.services == [changed])
        #expect(change.removed == ["mail"])
        #expect(change.daemon == nil)
        var later = old
        later.at = "2026-09-01T11:00:00Z"
        #expect(StatusChange(from: old, to: later) == nil)
    }

    @Test func `lets only writers retry`() async throws {
        let backend = StandInBackend([try Fixtures.mail()])
        try await serving(backend, isWriter: { _ in false }) { socket in
            try await ControlClient.with(socket: socket, timeout: .seconds(120)) { client in
                let problem = ControlProblem(error: "only root may change something", next: "try again with sudo")
                await #expect(throws: ControlError.refused(status: 403, problem: problem)) {
                    _ = try await client.ask(.retry, of: "mail")
                }
                // Reading is free.
                _ = try await client.status()
            }
        }
        #expect(backend.asked.isEmpty)
    }

    @Test func `asks the kernel who writes`() async throws {
        let backend = StandInBackend([try Fixtures.mail()])
        try await serving(backend, isWriter: { $0.pid == getpid() && $0.uid == geteuid() && $0.gid == getegid() }) {
            socket in
            try await ControlClient.with(socket: socket, timeout: .seconds(120)) {
                _ = try await $0.ask(.retry, of: "mail")
            }
        }
        #expect(backend.asked == ["retry mail"])
    }

    @Test(arguments: ["nope", "a/b", "..", "%2F", "ü"])
    func `says that a service isn't known`(name: String) async throws {
        try await serving(StandInBackend([try Fixtures.api()])) { socket in
            try await ControlClient.with(socket: socket, timeout: .seconds(120)) { client in
                let error = await #expect(throws: ControlError.self) { try await client.service(name) }
                guard case .refused(404, _)? = error else {
                    Issue.record("expected 404, found \(String(describing: error))")
                    return
                }
            }
        }
    }

    @Test func `refuses a tail that is no number`() async throws {
        try await serving(StandInBackend([try Fixtures.api()])) { socket in
            try await ControlClient.with(socket: socket, timeout: .seconds(120)) { client in
                let problem = ControlProblem(error: "tail: expected a number from 0 to 1000000, found -1")
                await #expect(throws: ControlError.refused(status: 400, problem: problem)) {
                    try await client.logs(of: "api", revision: nil, tail: -1, follow: false)
                }
            }
        }
    }

    @Test func `leaves the socket to its owner when it ends`() async throws {
        let socket = try ListeningSocket()
        let path = socket.path
        let backend = StandInBackend([try Fixtures.api()])
        for _ in 1...2 {
            // Each turn is a daemon that takes the same descriptor from systemd's store.
            let document = try await serving(backend, descriptor: socket.descriptor) {
                try await ControlClient.with(socket: path, timeout: .seconds(120)) { try await $0.status() }
            }
            #expect(document.services.map(\.name) == ["api"])
        }
        withExtendedLifetime(socket) {}
    }

    @Test func `ends a reader's stream when the server ends`() async throws {
        let socket = try ListeningSocket()
        let path = socket.path
        let backend = StandInBackend([try Fixtures.api()])
        let recorded = RecordedOutput()
        let status = try await withThrowingTaskGroup { group in
            group.addTask { await recorded.run("status", "--watch", "--json", "--socket", path) }
            try await serving(backend, descriptor: socket.descriptor) {
                try await eventually("the first status") { recorded.lines.count == 1 }
            }
            return try await group.next()
        }
        #expect(status == .unreachable)
        #expect(recorded.notes.count == 1)
        #expect(backend.listenerCount == 0)
        withExtendedLifetime(socket) {}
    }

    @Test func `says which group is needed`() {
        let error = ControlError.permissionDenied(socket: "/run/x")
        #expect(error.description.hasPrefix("permission denied at /run/x: you need group service-manager"))
        #expect(!error.isTransient)
    }

    @Test func `a verb that changes something is root's, whatever the group`() {
        for verb in OperatorVerb.allCases {
            let error = ControlError.rootOnly(verb)
            let expected = "smctl \(verb.rawValue) changes something, and only root may: try again with sudo"
            #expect(error.description == expected)
            #expect(!error.isTransient)
        }
    }

    @Test func `who may not open the socket is told for a change that it is root's`() {
        for verb in OperatorVerb.allCases {
            #expect(ControlError.permissionDenied(socket: "/run/x").whenChanging(with: verb) == .rootOnly(verb))
            let gone = ControlError.unreachable(socket: "/run/x", reason: "no such socket")
            #expect(gone.whenChanging(with: verb) == gone)
        }
    }

    @Test(
        arguments: [
            ("2026-09-01T10:00:06.412Z", 1_788_256_806.412), ("2026-09-01T10:00:06Z", 1_788_256_806),
            ("yesterday", nil),
        ] as [(String, Double?)]
    )
    func `reads times`(text: String, seconds: Double?) {
        let found = Timestamp.date(text)?.timeIntervalSince1970
        #expect(found.map { ($0 * 1000).rounded() } == seconds.map { ($0 * 1000).rounded() })
    }
}
