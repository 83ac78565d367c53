import ControlAPI
import FoundationEssentials
import ServiceModel
import TestSupport
import Testing
import smctl

@Suite struct `all hosts` {
    private static func body(_ value: some Encodable) throws -> [UInt8] { [UInt8](try JSONEncoder().encode(value)) }

    /// What three hosts wrote: one that is well, one that fell silent, and one whose sign of life is missing.
    private static func documents() throws -> [(id: String, body: [UInt8])] {
        func host(_ name: String, _ at: String) throws -> (id: String, body: [UInt8]) {
            let started = "2026-08-20T06:11:02Z"
            let published = PublishedHost(host: name, at: at, version: "1.0.0", started: started, heartbeatSeconds: 60)
            return ("\(name):@daemon", try body(published))
        }
        func service(_ host: String, _ status: ServiceStatus) throws -> (id: String, body: [UInt8]) {
            let published = PublishedStatus(host: host, at: "2026-09-01T09:59:00Z", status: status)
            return ("\(host):\(status.name)", try body(published))
        }
        return [
            try service("beta", try Fixtures.web()), try host("beta", "2026-09-01T09:48:00Z"),
            try service("alpha", try Fixtures.web()), try service("alpha", try Fixtures.api()),
            try host("alpha", "2026-09-01T09:59:10Z"), try service("gamma", try Fixtures.api()),
        ]
    }

    private static func document(
        _ documents: [(id: String, body: [UInt8])]
    ) throws -> HostsDocument {
        HostsDocument(
            at: try #require(Timestamp.date(Fixtures.now)),
            database: "http://db:5984/status",
            documents: documents
        )
    }

    @Test func `are put together from the documents of the status database`() throws {
        let document = try Self.document(try Self.documents())
        #expect(document.hosts.map(\.host) == ["alpha", "beta", "gamma"])
        #expect(document.hosts.map(\.isStale) == [false, true, true])
        #expect(document.hosts.map(\.ageSeconds) == [56, 726, nil])
        #expect(document.hosts[0].services.map(\.status.name) == ["api", "web"])
        let api = PublishedStatus.publishable(try Fixtures.api())
        #expect(document.hosts[0].services[0].status == api)
        #expect(document.unreadable == [])
    }

    @Test func `leave out what isn't written by a daemon, and name it`() throws {
        var documents = try Self.documents()
        documents.append(("note", Array(#"{"_id": "note", "text": "hello"}"#.utf8)))
        documents.append(("alpha:odd", Array(#"{"schema": "service-manager.service/9", "host": "alpha"}"#.utf8)))
        // A copy under another id is nobody's status.
        documents.append(("copy", documents[0].body))
        let document = try Self.document(documents)
        #expect(document.unreadable == ["alpha:odd", "copy", "note"])
        #expect(document.hosts.flatMap(\.services).count == 4)
    }

    @Test func `of which one has a clock ahead of ours aren't silent for that`() throws {
        let ahead = PublishedHost(
            host: "a",
            at: "2026-09-01T10:05:00Z",
            version: "1",
            started: "2026-09-01T10:00:00Z",
            heartbeatSeconds: 60
        )
        let document = try Self.document([("a:@daemon", try Self.body(ahead))])
        #expect(document.hosts.first?.isStale == false)
        #expect(document.hosts.first?.ageSeconds == 0)
    }

    @Test func `are a table with a column for the host`() throws {
        let now = try #require(Timestamp.date(Fixtures.now))
        let document = try Self.document(try Self.documents() + [("note", Array("{}".utf8))])
        let text = HostsTable(style: .plain, now: now).lines(document).joined(separator: "\n")
        #expect(
            text == """
                http://db:5984/status  3 hosts, 2 silent  4 services: 2 running, 2 rolling

                HOST   SERVICE  STATE     VIP              REV           BACKENDS  SINCE  DETAIL
                alpha  api      running   172.18.0.1:7001  14-9c1e...    1/1       3d
                alpha  web      rolling   172.18.0.1:7002  8->9-44ab...  1+1       6s     9-44ab...: in service, min_healthy 10s
                beta   web      rolling?  172.18.0.1:7002  8->9-44ab...  1+1       6s     9-44ab...: in service, min_healthy 10s
                gamma  api      running?  172.18.0.1:7001  14-9c1e...    1/1       3d

                beta has been silent for 12m (service-managerd 1.0.0): on that host, run: systemctl status service-managerd
                gamma never gave a sign of life
                not understood, from another version or another program: note
                """
        )
    }

    private func run(_ hosts: HostsDocument?, _ arguments: String...) async throws -> (Int32, RecordedOutput) {
        let backend = StandInBackend([try Fixtures.api()])
        backend.setHosts(hosts)
        let recorded = RecordedOutput()
        let status = try await serving(backend) { socket in
            await Invocation.run(["status", "--all-hosts", "--socket", socket] + arguments, output: recorded.output())
        }
        return (status.rawValue, recorded)
    }

    @Test func `are shown by smctl, which ends with 3 when one is silent or a service is degraded`() async throws {
        let all = try Self.document(try Self.documents())
        let (silent, shown) = try await run(all)
        #expect(silent == 3)
        #expect(shown.lines.contains { $0.hasPrefix("alpha  api ") })
        var well = all
        well.hosts = Array(all.hosts.prefix(1))
        #expect(try await run(well).0 == 0)
        well.hosts[0].services[0].status.state = .degraded
        #expect(try await run(well).0 == 3)
        #expect(try await run(well, "web").0 == 0)
    }

    @Test func `can be asked for one service, and for JSON`() async throws {
        let all = try Self.document(try Self.documents())
        let (_, one) = try await run(all, "api", "--json")
        let text = one.lines.joined(separator: "\n")
        let read = try JSONDecoder().decode(HostsDocument.self, from: Data(text.utf8))
        #expect(read.schema == "smctl.hosts/1")
        #expect(read.hosts.map(\.host) == ["alpha", "gamma"])
        #expect(text.contains(#""stale" : true"#))
        let (status, none) = try await run(all, "nope")
        #expect(status == 2)
        #expect(none.notes == ["smctl: no service is called nope; there are: api, web"])
    }

    @Test func `can't be shown without a status database, and smctl says what to set`() async throws {
        let (status, recorded) = try await run(nil)
        #expect(status == 2)
        #expect(recorded.notes == ["smctl: no status database is configured — set status_database_url"])
        #expect(try await run(nil, "--watch").0 == 2)
    }

    @Test func `can't be shown by a daemon that isn't there`() async {
        let recorded = RecordedOutput()
        #expect(await recorded.run("status", "--all-hosts", "--socket", "/nonexistent/c.sock") == .unreachable)
    }
}
