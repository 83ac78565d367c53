import ControlAPI
import ServiceModel
import TestSupport
import Testing
import smctl

#if canImport(Glibc)
import Glibc
#endif

@Suite struct `smctl` {
    @Test func `ends with 0 when all is well`() async throws {
        let backend = StandInBackend([try Fixtures.api(), try Fixtures.web()])
        let recorded = RecordedOutput()
        let status = try await serving(backend) { await recorded.run("status", "--socket", $0) }
        #expect(status == .ok)
        #expect(recorded.lines.contains { $0.hasPrefix("api ") })
        #expect(recorded.lines.contains { $0.hasPrefix("web ") })
        #expect(recorded.notes.isEmpty)
    }

    @Test(arguments: [(nil, 3), ("mail", 3), ("batch", 3), ("api", 0)] as [(String?, Int32)])
    func `ends with 3 when a shown service is degraded or failed`(service: String?, status: Int32) async throws {
        let backend = StandInBackend([try Fixtures.api(), try Fixtures.batch(), try Fixtures.mail()])
        let recorded = RecordedOutput()
        let found = try await serving(backend) { socket in
            await Invocation.run(
                ["status"] + (service.map { [$0] } ?? []) + ["--socket", socket],
                output: recorded.output()
            )
        }
        #expect(found.rawValue == status)
    }

    @Test func `ends with 2 and names the known services when one isn't known`() async throws {
        let recorded = RecordedOutput()
        let status = try await serving(StandInBackend([try Fixtures.api()])) {
            await recorded.run("status", "nope", "--socket", $0)
        }
        #expect(status == .usage)
        #expect(recorded.notes == ["smctl: no service is called nope; there are: api"])
    }

    @Test(arguments: [
        ["status", "--nope"], ["nope"], ["logs"], ["logs", "web", "--tail", "-1"], ["retry"], ["validate"],
    ])
    func `ends with 2 when its arguments are wrong`(arguments: [String]) async {
        let recorded = RecordedOutput()
        #expect(await Invocation.run(arguments, output: recorded.output()) == .usage)
        #expect(recorded.lines.isEmpty)
        #expect(recorded.notes.count == 1)
    }

    @Test(arguments: [
        (["statsu"], "smctl: there is no command statsu; did you mean: smctl status — smctl help lists all commands"),
        (["scale", "web", "3"], "smctl: there is no command scale: set \"replicas\" in the service's definition"),
        (["help", "nosuch"], "smctl: there is no command nosuch — smctl help lists all commands"),
        (
            ["--socket", "/x", "lgos", "web"],
            "smctl: there is no command lgos; did you mean: smctl logs — smctl help lists all commands"
        ),
    ])
    func `says which command may be meant, and ends with 2`(arguments: [String], note: String) async {
        let recorded = RecordedOutput()
        #expect(await Invocation.run(arguments, output: recorded.output()) == .usage)
        #expect(recorded.notes == [note])
        #expect(recorded.lines.isEmpty)
    }

    @Test func `says which option may be meant`() async {
        let recorded = RecordedOutput()
        #expect(await recorded.run("status", "--wiide") == .usage)
        #expect(recorded.notes.first?.contains("Did you mean '--wide'?") == true)
    }

    @Test(arguments: [
        ["help"], ["help", "status"], ["status", "--help"], ["--version"], ["--help"],
        ["--generate-completion-script", "bash"],
    ])
    func `ends with 0 when help is asked for`(arguments: [String]) async {
        let recorded = RecordedOutput()
        #expect(await Invocation.run(arguments, output: recorded.output()) == .ok)
        #expect(!recorded.lines.isEmpty)
        #expect(recorded.notes.isEmpty)
    }

    @Test func `says that there is no such revision to read from`() async throws {
        let recorded = RecordedOutput()
        let status = try await serving(StandInBackend([try Fixtures.api()])) {
            await recorded.run("logs", "api", "--revision", "0-gone", "--socket", $0)
        }
        #expect(status == .usage)
        #expect(recorded.notes == ["smctl: api has no revision 0-gone — smctl history api lists them"])
    }

    @Test func `ends with 4 when nobody listens`() async {
        let recorded = RecordedOutput()
        #expect(await recorded.run("status", "--socket", "/nonexistent/control.sock") == .unreachable)
        #expect(
            recorded.notes == [
                "smctl: cannot reach service-managerd at /nonexistent/control.sock (no such socket): "
                    + "is service-managerd running? systemctl status service-managerd"
            ]
        )
    }

    @Test func `takes the socket before the verb as well`() async {
        let recorded = RecordedOutput()
        #expect(await recorded.run("--socket", "/nonexistent/1", "status") == .unreachable)
        #expect(recorded.notes.first?.contains("/nonexistent/1 ") == true)
    }

    @Test(arguments: [
        (["pause", "api", "-m", "looking into it"], "pause api looking into it"), (["resume", "api"], "resume api"),
        (["rollback", "api", "3-ab"], "rollback api 3-ab"), (["rollback", "api"], "rollback api"),
        (["promote", "api"], "promote api"), (["drain", "api", "--backend", "4f0c"], "drain api 4f0c false"),
        (["drain", "api", "--backend", "1", "--force"], "drain api 1 true"), (["undrain", "api"], "undrain api"),
        (["restart", "api", "-m", "leaks"], "restart api leaks"), (["abort", "api", "-m", "late"], "abort api late"),
        (["start", "api"], "start api"), (["stop", "api"], "stop api"),
    ])
    func `asks what its verbs say`(arguments: [String], asked: String) async throws {
        let backend = StandInBackend([try Fixtures.api()])
        let recorded = RecordedOutput()
        let status = try await serving(backend) { socket in
            await Invocation.run(arguments + ["--socket", socket], output: recorded.output())
        }
        #expect(status == .ok)
        #expect(backend.asked == [asked])
        #expect(recorded.lines == ["api: done"])
    }

    @Test func `waits until the service has settled`() async throws {
        let backend = StandInBackend([try Fixtures.web()])
        let recorded = RecordedOutput()
        let settled = try Fixtures.api()
        let status = try await serving(backend) { socket in
            async let waiting = Invocation.run(
                ["restart", "web", "--wait", "--socket", socket],
                output: recorded.output()
            )
            try await eventually("smctl watches") { backend.listenerCount > 0 }
            var web = settled
            web.name = "web"
            backend.set([web])
            return await waiting
        }
        #expect(status == .ok)
        #expect(recorded.lines.last?.hasPrefix("web: running") == true)
    }

    @Test func `waits for a replica that is still starting, although the service is degraded until then`() async throws
    {
        var web = try Fixtures.api()
        web.name = "web"
        var starting = web
        starting.state = .degraded
        starting.backends[0].phase = "probing"
        let backend = StandInBackend([starting])
        let recorded = RecordedOutput()
        let settled = web
        let status = try await serving(backend) { socket in
            async let waiting = recorded.run("wait", "web", "--socket", socket)
            try await eventually("smctl watches") { backend.listenerCount > 0 }
            backend.set([settled])
            return await waiting
        }
        #expect(status == .ok)
        #expect(recorded.lines.last?.hasPrefix("web: running") == true)
    }

    @Test func `prints the whole document as JSON`() async throws {
        let recorded = RecordedOutput()
        let status = try await serving(StandInBackend([try Fixtures.mail()])) {
            await recorded.run("status", "--json", "--socket", $0)
        }
        #expect(status == .needsAttention)
        let text = recorded.lines.joined(separator: "\n")
        #expect(text.contains(#""schema" : "smctl.status/1""#))
        #expect(text.contains(#""last_probe" : "GET /up: 503 in 4ms""#))
    }

    @Test func `watches until the daemon ends the stream`() async throws {
        let backend = StandInBackend([try Fixtures.api()])
        let recorded = RecordedOutput()
        let mail = try Fixtures.mail()
        let status = try await serving(backend) { socket in
            try await withThrowingTaskGroup { group in
                group.addTask { await recorded.run("status", "--watch", "--json", "--socket", socket) }
                try await eventually("the first status") { recorded.lines.count == 1 }
                backend.set([try Fixtures.api(), mail])
                try await eventually("the second status") { recorded.lines.count == 2 }
                backend.finish()
                return try await group.next()
            }
        }
        #expect(status == .needsAttention)
        #expect(recorded.lines.allSatisfy { $0.contains(#""schema":"smctl.status/1""#) })
        #expect(!recorded.lines[0].contains(#""name":"mail""#))
        #expect(recorded.lines[1].contains(#""name":"mail""#))
    }

    @Test func `prints logs`() async throws {
        let backend = StandInBackend([try Fixtures.api()])
        let recorded = RecordedOutput()
        let status = try await serving(backend) {
            await recorded.run("logs", "api", "-f", "--tail", "7", "--revision", "3-a b", "--socket", $0)
        }
        #expect(status == .ok)
        #expect(recorded.lines == ["line 1", "line 2", "line 3"])
        #expect(backend.logRequests == ["api 3-a b 7 true"])
    }

    @Test func `retries`() async throws {
        let backend = StandInBackend([try Fixtures.api(), try Fixtures.mail()])
        let recorded = RecordedOutput()
        try await serving(backend) { socket in
            #expect(await recorded.run("retry", "mail", "--socket", socket) == .ok)
            #expect(await recorded.run("retry", "api", "--socket", socket) == .usage)
        }
        #expect(backend.asked == ["retry mail"])
        #expect(
            recorded.notes == [
                "smctl: no revision of api failed: there is nothing to retry — smctl status api says how it is"
            ]
        )
    }

    @Test func `validates a definition`() async throws {
        let path = "/tmp/control-validate-\(getpid()).json"
        let file = try #require(fopen(path, "w"))
        fputs("{\n  \"image\": \"nginx\",\n  \"port\": 99999,\n  \"imag\": 1\n}\n", file)
        fclose(file)
        defer { unlink(path) }
        let recorded = RecordedOutput()
        #expect(await recorded.run("validate", path) == .invalid)
        #expect(
            recorded.lines == [
                "\(path):3:11 error port: expected a number from 1 to 65535, found 99999",
                "\(path):4:3 warning imag: unknown field, ignored — did you mean \"image\"?",
            ]
        )
        #expect(await recorded.run("validate", "/nonexistent.json") == .usage)
        #expect(recorded.notes == ["smctl: cannot read /nonexistent.json: No such file or directory"])
    }
}
