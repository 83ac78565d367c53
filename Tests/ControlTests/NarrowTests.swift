import ControlAPI
import FoundationEssentials
import ServiceModel
import Testing
import smctl

/// What is shown on a terminal of 80 columns.
@Suite struct `a narrow terminal` {
    /// A line without what steers the terminal.
    private func plain(_ line: String) -> String {
        var text = ""
        var isEscape = false
        for character in line {
            if character == "\u{1B}" { isEscape = true }
            if !isEscape { text.append(character) }
            if isEscape, character == "m" { isEscape = false }
        }
        return text
    }

    private func now() throws -> Date { try #require(Timestamp.date(Fixtures.now)) }

    private func services() throws -> [ServiceStatus] {
        var long = try Fixtures.mail()
        long.name = "a-service-whose-name-is-rather-long"
        long.detail =
            "7-be11…: pulling: the image registry.example:5000/mail:6 can't be pulled: nothing listens there"
        long.warnings = ["https://registry.example/" + String(repeating: "x", count: 90)]
        long.virtualServices[0].address = "[2001:db8:aaaa:bbbb:cccc:dddd:eeee:ffff]:7004/tcp"
        return [try Fixtures.api(), try Fixtures.batch(), long, try Fixtures.mail(), try Fixtures.web()]
    }

    @Test(arguments: [40, 80, 100, 132], [false, true])
    func `a status has no line that is longer, and loses no sentence`(width: Int, isWide: Bool) throws {
        for style in [Style.plain, .terminal] {
            let document = Fixtures.document(try services())
            let lines = StatusTable(style: style, now: try now(), width: width).lines(document, isWide: isWide).map(
                plain
            )
            // The columns that are never cut or left out need as much.
            let limit = max(width, 80)
            #expect(lines.allSatisfy { $0.count <= limit }, "\(lines.filter { $0.count > limit })")
            let words = lines.joined(separator: " ").split(separator: " ").joined(separator: " ")
            #expect(words.contains("correct the definition, or try it again: smctl retry mail"))
            if !isWide { #expect(words.contains("can't be pulled: nothing listens there")) }
        }
    }

    @Test func `what a service waits for is below it where there is no room beside it`() throws {
        let document = Fixtures.document([try Fixtures.api(), try Fixtures.web()])
        let lines = StatusTable(style: .terminal, now: try now(), width: 80).lines(document).map(plain)
        #expect(
            lines.joined(separator: "\n") == """
                ● service-managerd 1.0.0  up 12d  directory ok  docker ok  ipvs ok
                  2 services: 1 running, 1 rolling

                  SERVICE  STATE    VIP                  REV        BACKENDS  SINCE
                ● api      running  172.18.0.1:7001      14-9c1e…   1/1       3d
                                    172.18.0.1:7001/udp
                ◐ web      rolling  172.18.0.1:7002      8→9-44ab…  1+1       6s
                           9-44ab…: in service, min_healthy 10s
                """
        )
    }

    @Test func `a terminal that has room shows it beside the service, wrapped there`() throws {
        var mail = try Fixtures.mail()
        mail.detail = "5-d00d…: 1 of 2 replicas serve; 5-d00d…/1#3 fails its probes: GET / → 503"
        let document = Fixtures.document([mail])
        let lines = StatusTable(style: .plain, now: try now(), width: 110).lines(document)
        #expect(
            lines.prefix(6).joined(separator: "\n") == """
                service-managerd 1.0.0  up 12d  directory ok  docker ok  ipvs ok  1 service: 1 degraded

                SERVICE  STATE     VIP              REV        BACKENDS  SINCE  DETAIL
                mail     degraded  172.18.0.1:7004  5-d00d...  1/1       2m     5-d00d...: 1 of 2 replicas serve;
                                                                                5-d00d.../1#3 fails its probes: GET / -> 503

                """
        )
    }

    @Test func `what stands below isn't said in the table as well`() throws {
        var mail = try Fixtures.mail()
        mail.detail = "6-be11… failed (probing): not healthy within 5m; 5-d00d… kept"
        let document = Fixtures.document([mail])
        let text = StatusTable(style: .plain, now: try now(), width: 80).lines(document).joined(separator: "\n")
        #expect(text.contains("         6-be11... failed (probing), see below\n"))
        #expect(text.ranges(of: "not healthy within 5m").count == 1)
        let piped = StatusTable(style: .plain, now: try now()).lines(document).joined(separator: "\n")
        #expect(piped.ranges(of: "not healthy within 5m").count == 2, "a script finds it in the service's line")
    }

    @Test func `help is wrapped, too`() async throws {
        let recorded = RecordedOutput()
        var output = recorded.output()
        output.width = { 80 }
        #expect(await Invocation.run(["status", "--help"], output: output).rawValue == 0)
        #expect(recorded.lines.allSatisfy { $0.count <= 80 }, "\(recorded.lines.filter { $0.count > 80 })")
    }

    @Test func `backends have short ids, and only what fits of the rest`() throws {
        var api = try Fixtures.api()
        api.backends[0].container = String(repeating: "4f0c12aa90de", count: 5)
        api.backends[0].health = "failing: GET / → 503"
        let document = Fixtures.document([api, try Fixtures.web()])
        let lines = StatusTable(style: .terminal, now: try now(), width: 80).lines(document, isWide: true).map(plain)
        #expect(
            lines.dropFirst(3).joined(separator: "\n") == """
                SERVICE  SLOT  REV       ADDRESS        WEIGHT  ACTIVE  ROLE       PHASE
                api      1     14-9c1e…  172.18.0.9:80  1       12      current    serving
                         failing: GET / → 503
                web      1     9-44ab…   172.18.0.7:80  1       -       candidate  serving
                web      1     8-7710…   172.18.0.8:80  1       -       current    serving
                """
        )
        let whole = StatusTable(style: .terminal, now: try now(), width: 80)
            .lines(document, isWide: true, isWhole: true).joined(separator: "\n")
        #expect(whole.contains(String(repeating: "4f0c12aa90de", count: 5)))
        #expect(whole.contains("14-9c1e00aa11bb"))
        #expect(whole.contains("registry/web:1.8"))
    }

    @Test(arguments: [60, 80, 120])
    func `a history has no line that is longer`(width: Int) throws {
        var history = ServiceHistory()
        let revision = try Revision("8-88aabbccdd")
        let failure = RevisionFailure(
            phase: .healthy,
            message: "it was not healthy after 10m (healthy_deadline)",
            lastProbe: "GET http://172.17.0.2:80/health → 503 in 4 ms"
        )
        let note = OperatorNote(by: "anna", reason: "the prices of the new version are wrong")
        for notice in [
            RolloutNotice.rolledBack(to: revision, note), .rolloutBegan(revision, from: nil),
            .rolloutFailed(revision, failure, kept: nil),
        ] {
            _ = history.take(notice, image: "registry.example:5000/shop/web:1.7.22-alpine", at: Fixtures.now)
        }
        let lines = HistoryTable(style: .plain, now: try now(), width: width)
            .lines(HistoryDocument(service: "web", history: history))
        #expect(lines.allSatisfy { $0.count <= width }, "\(lines)")
        let words = lines.joined(separator: " ").split(separator: " ").joined(separator: " ")
        #expect(words.contains("last probe: GET http://172.17.0.2:80/health -> 503 in 4 ms"))
    }

    @Test(arguments: [Style.plain, .terminal])
    func `doctor has no line that is longer`(style: Style) throws {
        let checks = [
            HostCheck(
                "docker",
                .ok,
                "Docker 20.10.24 with API 1.41; live-restore is off, so its restart ends its containers"
            ),
            HostCheck(
                "a subject that is longer than most",
                .broken,
                "net.ipv4.vs.expire_nodest_conn is 0",
                expected: "1, so that clients of a crashed server are reset rather than left hanging",
                next: "run `sysctl -w net.ipv4.vs.expire_nodest_conn=1` as root, or restart service-managerd"
            ),
        ]
        let lines = DoctorReport(style: style, width: 80)
            .lines(DoctorDocument(at: Fixtures.now, checks: checks)).map(plain)
        #expect(lines.allSatisfy { $0.count <= 80 }, "\(lines)")
        let words = lines.joined(separator: " ").split(separator: " ").joined(separator: " ")
        #expect(words.contains("run `sysctl -w net.ipv4.vs.expire_nodest_conn=1` as root, or restart service-managerd"))
    }
}
