import ControlAPI
import ServiceModel
import Testing
import smctl

// The tables are text to be read as they are shown: their lines are as long as they are.
@Suite struct `status as text` {
    private func rendered(_ services: [ServiceStatus], style: Style = .plain, isWide: Bool = false) throws -> String {
        let now = try #require(Timestamp.date(Fixtures.now))
        return StatusTable(style: style, now: now).lines(Fixtures.document(services), isWide: isWide).joined(
            separator: "\n"
        )
    }

    @Test func `is plain words without a terminal`() throws {
        let text = try rendered([Fixtures.api(), Fixtures.mail(), Fixtures.web()])
        #expect(
            text == """
                service-managerd 1.0.0  up 12d  directory ok  docker ok  ipvs ok  3 services: 1 running, 1 rolling, 1 degraded

                SERVICE  STATE     VIP                  REV           BACKENDS  SINCE  DETAIL
                api      running   172.18.0.1:7001      14-9c1e...    1/1       3d
                                   172.18.0.1:7001/udp
                mail     degraded  172.18.0.1:7004      5-d00d...     1/1       2m     6-be11... failed (probing): healthy_deadline; 5-d00d... kept
                web      rolling   172.18.0.1:7002      8->9-44ab...  1+1       6s     9-44ab...: in service, min_healthy 10s

                mail  6-be11... failed in phase "probing": not healthy within 5m. 5-d00d... is kept.
                  last probe   GET /up: 503 in 4ms
                  exit code    137, out of memory
                  last log     cannot connect
                               giving up?[2J
                  whole log    smctl logs mail --revision 6-be11c2334455
                  next         correct the definition, or try it again: smctl retry mail
                mail  warning: mail@manager.service has no [Install] section
                """
        )
    }

    @Test func `counts against the replicas that there are to be`() throws {
        let slot =
            #"{"slot": 1, "revision": "1-aa", "role": "current", "phase": "serving", "image": "web:1", "weight": 1}"#
        func backends(_ replicas: String) throws -> String? {
            let service = try Fixtures.service(
                """
                {"name": "api", "state": "degraded", "current": "1-aa", "virtual_services": [], "failed": [], "warnings": [],
                 \(replicas) "backends": [\(slot), \(slot)]}
                """
            )
            return try rendered([service]).split(separator: "\n").last { $0.hasPrefix("api") }
                .flatMap { $0.split(separator: " ").first { $0.contains("/") } }.map(String.init)
        }
        #expect(try backends(#""replicas": 3,"#) == "2/3")
        // As earlier versions publish it.
        #expect(try backends("") == "2/2")
    }

    @Test func `says when a container is started again, and nothing of a time that is past`() throws {
        func line(_ time: String) throws -> String? {
            let service = try Fixtures.service(
                """
                {"name": "api", "state": "failed", "detail": "1-aa restarting, 2nd time, exit 3", "virtual_services": [],
                 "backends": [], "failed": [], "warnings": [],
                 "restarts": [{"slot": 1, "count": 2, "cause": "exit", "exit_code": 3, "out_of_memory": false,
                               "crash_loop": false, "waiting": true, "delay": 2, "at": "\(time)"}]}
                """
            )
            return try rendered([service]).split(separator: "\n").last.map(String.init)
        }
        #expect(try line("2026-09-01T10:00:08Z")?.hasSuffix("1-aa restarting, 2nd time, exit 3; again in 2s") == true)
        #expect(try line("2026-09-01T10:00:05Z")?.hasSuffix("1-aa restarting, 2nd time, exit 3") == true)
    }

    @Test func `has symbols and colour on a terminal`() throws {
        let text = try rendered([Fixtures.api(), Fixtures.batch(), Fixtures.web()], style: .terminal)
        #expect(
            text.replacing("\u{1B}", with: "^") == """
                ^[32m●^[0m service-managerd 1.0.0  up 12d  directory ok  docker ok  ipvs ok  3 services: 1 running, 1 rolling, 1 failed

                  SERVICE  STATE    VIP                  REV        BACKENDS  SINCE  DETAIL
                ^[32m●^[0m api      ^[32mrunning^[0m  172.18.0.1:7001      14-9c1e…   1/1       3d
                                    172.18.0.1:7001/udp
                ^[31m✗^[0m batch    ^[31mfailed ^[0m  -                    -          0/0       -      2-aa07… isn't a valid definition
                ^[33m◐^[0m web      ^[33mrolling^[0m  172.18.0.1:7002      8→9-44ab…  1+1       6s     9-44ab…: in service, min_healthy 10s

                ^[31m✗^[0m batch  2-aa07… isn't a valid definition. Nothing serves.
                  found        port: expected a number, found true
                  next         correct the definition; smctl validate FILE checks one before it is used
                """
        )
    }

    @Test func `has a line per backend when wide`() throws {
        let text = try rendered([Fixtures.api(), Fixtures.batch(), Fixtures.web()], isWide: true)
        #expect(
            text == """
                service-managerd 1.0.0  up 12d  directory ok  docker ok  ipvs ok  3 services: 1 running, 1 rolling, 1 failed

                SERVICE  SLOT  REV         CONTAINER     IMAGE             ADDRESS        WEIGHT  ACTIVE  INACT  ROLE       PHASE    HEALTH
                api      1     14-9c1e...  4f0c12aa90de  registry/api:2    172.18.0.9:80  1       12      3      current    serving  passing
                batch    -     -           -             -                 -              -       -       -      -          -        -
                web      1     9-44ab...   aa0c12aa90de  registry/web:1.8  172.18.0.7:80  1       -       -      candidate  serving  -
                web      1     8-7710...   91be77c0a1d3  registry/web:1.7  172.18.0.8:80  1       -       -      current    serving  -

                batch  2-aa07... isn't a valid definition. Nothing serves.
                  found        port: expected a number, found true
                  next         correct the definition; smctl validate FILE checks one before it is used
                """
        )
    }

    @Test func `shows the failure of the revision that is wanted, and none of earlier ones`() throws {
        func failed(_ revision: String) -> String {
            #"{"revision": "\#(revision)", "phase": "healthy", "message": "not healthy", "last_log": ["log of \#(revision)"]}"#
        }
        func text(_ more: String) throws -> String {
            let service = try Fixtures.service(
                """
                {"name": "mail", "state": "degraded", "current": "5-dd", "target": "7-aa", "virtual_services": [],
                 "backends": [], "warnings": [], \(more) "failed": [\(failed("6-bb")), \(failed("7-aa"))]}
                """
            )
            return try rendered([service])
        }
        #expect(try text("").contains("log of 7-aa"))
        #expect(try !text("").contains("6-bb"))
        #expect(try !text(#""rolled_back": {"revision": "5-dd", "by": "anna"},"#).contains("failed in phase"))
    }

    @Test func `says what to do when there is no service`() throws {
        let text = try rendered([])
        #expect(
            text == """
                service-managerd 1.0.0  up 12d  directory ok  docker ok  ipvs ok  0 services

                no services yet: put a definition into the directory or the database
                """
        )
    }

    @Test func `names what the daemon can't reach`() throws {
        var document = Fixtures.document([])
        document.daemon.docker = .init(state: .down, api: nil, error: "connection refused")
        document.daemon.sources = [.init(name: "couchdb", state: .connecting, error: nil)]
        let now = try #require(Timestamp.date(Fixtures.now))
        #expect(
            StatusTable(style: .plain, now: now).lines(document).first
                == "service-managerd 1.0.0  up 12d  couchdb connecting  docker down (connection refused)  ipvs ok  0 services"
        )
        document.daemon.sources = [.init(name: "couchdb", state: .up, error: nil, unusable: 2)]
        #expect(
            StatusTable(style: .plain, now: now).lines(document).first?
                .contains("up 12d  couchdb ok, 2 can't be used (smctl doctor)  docker down") == true
        )
    }
}
