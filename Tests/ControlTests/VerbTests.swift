import ControlAPI
import FoundationEssentials
import ServiceModel
import TestSupport
import Testing
import smctl

@Suite struct `verbs of smctl` {
    @Test func `version shows that of the client and of the daemon, and that they differ`() async throws {
        let recorded = RecordedOutput()
        let status = try await serving(StandInBackend([])) { await recorded.run("version", "--socket", $0) }
        #expect(status == .ok)
        #expect(
            recorded.lines == [
                "smctl             \(Version.current)", "service-managerd  1.0.0", "Docker API        1.44",
                "IPVS              1.2.1",
            ]
        )
        #expect(recorded.notes.count == (Version.current == "1.0.0" ? 0 : 1))
    }

    @Test func `version shows that of the client where no daemon answers, and ends with 4`() async {
        let recorded = RecordedOutput()
        #expect(await recorded.run("version", "--socket", "/nonexistent/1") == .unreachable)
        #expect(recorded.lines == ["smctl             \(Version.current)"])
        #expect(recorded.notes.count == 1)
    }

    @Test func `get prints the definition that runs, a member per line`() async throws {
        let recorded = RecordedOutput()
        let status = try await serving(StandInBackend([try Fixtures.web()])) {
            await recorded.run("get", "web", "--socket", $0)
        }
        #expect(status == .ok)
        #expect(recorded.notes.isEmpty, "what is written to a file is the definition alone")
        #expect(
            recorded.lines.joined() == #"""
                {
                  "image": "web:1",
                  "port": 80,
                  "environment": {
                    "A": "b\u001b"
                  },
                  "command": ["a", "b"]
                }
                """#
        )
    }

    @Test func `get is root's alone, and says that there is no such revision`() async throws {
        let recorded = RecordedOutput()
        try await serving(StandInBackend([try Fixtures.web()]), isWriter: { _ in false }) { socket in
            #expect(await recorded.run("get", "web", "--socket", socket) == .internalError)
        }
        try await serving(StandInBackend([try Fixtures.web()])) { socket in
            #expect(await recorded.run("get", "web", "0-gone", "--socket", socket) == .usage)
            #expect(await recorded.run("get", "nope", "--socket", socket) == .usage)
        }
        #expect(recorded.lines.isEmpty)
        #expect(
            recorded.notes == [
                "smctl: only root may read a definition: it may hold secrets — try again with sudo",
                "smctl: web has no revision 0-gone — smctl history web lists them",
                "smctl: no service is called nope — smctl status lists them",
            ]
        )
    }

    @Test func `show has one service on one screen`() async throws {
        let backend = StandInBackend([
            try Fixtures.service(
                """
                {"name": "web", "state": "rolling", "detail": "9-44ab…: in service, min_healthy 10s",
                 "source": "/etc/service-managerd/services", "replicas": 1, "digest": "sha256:77aa",
                 "current": "8-7710fe4a5b6c", "target": "9-44ab03112233", "candidate": "9-44ab03112233",
                 "stage": "running", "kept": ["8-7710fe4a5b6c", "7-aabbccddee"],
                 "virtual_services": [{"address": "172.18.0.1:7002/tcp", "scheduler": "wlc", "published": true}],
                 "since": "2026-09-01T10:00:00Z", "failed": [], "warnings": ["a warning"],
                 "backends": [{"slot": 1, "revision": "9-44ab03112233", "role": "candidate", "phase": "probing",
                               "image": "registry/web:1.8", "address": "172.18.0.7:80", "weight": 0},
                              {"slot": 1, "revision": "8-7710fe4a5b6c", "role": "current", "phase": "serving",
                               "container": "91be77c0a1d3", "image": "registry/web:1.7", "address": "172.18.0.8:80",
                               "weight": 1, "active": 12, "inactive": 3, "health": "passing"}]}
                """
            )
        ])
        var history = ServiceHistory()
        let revision = try Revision("8-7710fe4a5b6c")
        let note = OperatorNote(by: "anna")
        for notice in [RolloutNotice.rolledBack(to: revision, note), .rolloutBegan(revision, from: nil)] {
            _ = history.take(notice, image: nil, at: "2026-08-29T10:00:00Z")
        }
        backend.setHistory(history)
        let recorded = RecordedOutput()
        let status = try await serving(backend) { await recorded.run("show", "web", "--socket", $0) }
        #expect(status == .ok)
        #expect(
            recorded.lines.joined(separator: "\n") == """
                web  rolling for 6s
                              9-44ab...: in service, min_healthy 10s
                  revision    8-7710fe4a5b6c, 3d ago, rollback by anna
                  image       registry/web:1.7
                              sha256:77aa
                  candidate   9-44ab03112233, running
                              registry/web:1.8
                  addresses   172.18.0.1:7002, wlc
                  source      /etc/service-managerd/services
                  backends    1 of 1 in service
                              slot 1  9-44ab...  candidate  probing  172.18.0.7:80  weight 0
                              slot 1  8-7710...  current  serving  172.18.0.8:80  weight 1  12 active  passing
                  kept        7-aabb...: smctl rollback web
                web  warning: a warning
                """
        )
    }

    @Test func `show ends with 3 when the service needs attention, and with 2 when there is none`() async throws {
        let recorded = RecordedOutput()
        try await serving(StandInBackend([try Fixtures.mail()])) { socket in
            #expect(await recorded.run("show", "mail", "--socket", socket) == .needsAttention)
            #expect(await recorded.run("show", "nope", "--socket", socket) == .usage)
        }
        #expect(recorded.lines.contains("  last probe   GET /up: 503 in 4ms"))
    }

    @Test func `wait ends when the service has settled, and says how`() async throws {
        let backend = StandInBackend([try Fixtures.web()])
        let recorded = RecordedOutput()
        let status = try await serving(backend) { socket in
            async let waiting = Invocation.run(["wait", "web", "--socket", socket], output: recorded.output())
            try await eventually("smctl watches") { backend.listenerCount > 0 }
            var web = try Fixtures.mail()
            web.name = "web"
            backend.set([web])
            return await waiting
        }
        #expect(status == .needsAttention)
        #expect(recorded.lines.first?.hasPrefix("web: degraded: 6-be11") == true)
    }

    @Test func `a start is waited for until it runs, and a stop until it is stopped`() async throws {
        for (verb, first, last) in [
            ("start", ServiceStatus.State.stopped, ServiceStatus.State.running), ("stop", .running, .stopped),
        ] {
            var web = try Fixtures.api()
            web.name = "web"
            web.state = first
            let backend = StandInBackend([web])
            let recorded = RecordedOutput()
            let status = try await serving(backend) { socket in
                async let waiting = Invocation.run(
                    [verb, "web", "--wait", "--socket", socket],
                    output: recorded.output()
                )
                try await eventually("smctl watches") { backend.listenerCount > 0 }
                #expect(recorded.lines == ["web: done"])
                web.state = last
                backend.set([web])
                return await waiting
            }
            #expect(status == .ok)
            #expect(recorded.lines.last == "web: \(last.rawValue)")
        }
    }
}
