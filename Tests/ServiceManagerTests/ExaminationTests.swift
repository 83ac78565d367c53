import Addresses
import FoundationEssentials
import HostNetwork
import ServiceManager
import ServiceModel
import Testing

/// How what was found on a host is told.
@Suite struct ExaminationTests {
    private func finding(
        _ subject: HostNetworkFinding.Subject,
        _ severity: HostNetworkFinding.Severity = .degraded
    ) -> HostNetworkFinding {
        HostNetworkFinding(subject, severity, found: "\(subject)", expected: "better", nextStep: "mend it")
    }

    private func plan() throws -> HostNetworkPlan {
        HostNetworkPlan(
            addresses: [try ServiceAddress("172.17.0.1:7001"), try ServiceAddress("172.17.0.1:7002")],
            ports: [ServerPort(container: "a", bridge: "docker0", processID: 1, macAddress: nil)]
        )
    }

    @Test func `a host that is well has a line for each kind of thing`() throws {
        let checks = NetworkExamination(try plan(), []).checks
        #expect(
            checks.map { "\($0.state.rawValue) \($0.subject): \($0.found)" } == [
                "ok kernel settings: all have the expected values", "ok service addresses: 1 of 1 are this host's",
                "ok firewall rules: in place", "ok bridge ports: hairpin mode is on for 1 of 1",
            ]
        )
    }

    @Test func `before there is a service, only what any would need is looked at`() {
        #expect(NetworkExamination(HostNetworkPlan(), []).checks.map(\.subject) == ["kernel settings"])
    }

    @Test func `what is wrong is told with what was expected and what to do, and the rest is not praised`() throws {
        let findings = [
            finding(.setting("net.ipv4.ip_forward"), .broken), finding(.setting("net.ipv4.vs.conntrack")),
            finding(.program("iptables")), finding(.port(container: "a")),
        ]
        let checks = NetworkExamination(try plan(), findings).checks
        #expect(
            checks.map(\.subject) == [
                "kernel settings", "kernel settings", "service addresses", "firewall rules", "bridge ports",
            ]
        )
        #expect(checks.map(\.state) == [.broken, .warning, .ok, .warning, .warning])
        #expect(checks[0].expected == "better")
        #expect(checks[0].next == "mend it")
        #expect(checks[2].next == nil)
    }

    @Test func `services that need attention are named, the others counted`() throws {
        func service(_ name: String, _ state: ServiceStatus.State, _ detail: String? = nil) throws -> ServiceStatus {
            var status = Rollout(service: try ServiceID(name)).status
            status.state = state
            status.detail = detail
            return status
        }
        let checks = ServiceExamination([
            try service("api", .running), try service("mail", .degraded, "6-be failed"), try service("web", .failed),
        ]).checks
        #expect(
            checks.map { "\($0.state.rawValue) \($0.subject): \($0.found)" } == [
                "warning service mail: degraded: 6-be failed", "broken service web: failed",
                "ok services: 1 of 3 healthy",
            ]
        )
        #expect(checks[0].next == "journalctl -u service-managerd SERVICE_ID=mail tells how it came to that")
        #expect(ServiceExamination([]).checks.map(\.state) == [.ok])
    }

    @Test(arguments: [
        (#""state": "failed", "rejected": {"revision": "2-bb", "reasons": ["port"]}"#, "smctl validate FILE"),
        (
            #""state": "degraded", "target": "2-bb", "failed": [{"revision": "2-bb", "phase": "healthy", "message": "m", "last_log": []}]"#,
            "smctl logs web --revision 2-bb"
        ),
        (
            #""state": "failed", "restarts": [{"slot": 1, "count": 3, "cause": "exit", "crash_loop": true, "waiting": true, "delay": 4}]"#,
            "smctl logs web shows"
        ),
        (#""state": "failed", "detail": "1-aa#1.1 is drained by hand: smctl undrain web""#, "smctl undrain web"),
        (#""state": "failed", "stage": "claiming", "detail": "taken""#, "give it another address"),
    ])
    func `what to do about a service that is in trouble depends on the trouble`(members: String, next: String) throws {
        let failed = members.contains("\"failed\":") ? "" : #""failed": [], "#
        let json = #"{"name": "web", "virtual_services": [], "backends": [], "warnings": [], \#(failed)\#(members)}"#
        let status = try JSONDecoder().decode(ServiceStatus.self, from: Data(json.utf8))
        let advice = try #require(ServiceExamination([status]).checks.first?.next)
        #expect(advice.contains(next))
        #expect(!advice.contains("smctl status web"), "the status has said it already")
    }

    @Test func `addresses that take connections are one line, and those that don't one each`() throws {
        let addresses = try (1...3).map { try ServiceAddress("172.18.0.1:700\($0)") }
        let well = ConnectionExamination(addresses.map { ($0, .success) }).checks
        #expect(well.map(\.found) == ["3 of 3 addresses take connections"])
        let one = ConnectionExamination([(addresses[0], .success)]).checks
        #expect(one.map(\.found) == ["\(addresses[0]) takes connections"])
        let mixed = ConnectionExamination([
            (addresses[0], .success), (addresses[1], .failure("connection refused")), (addresses[2], .success),
        ]).checks
        #expect(mixed.map(\.state) == [.ok, .broken])
        #expect(mixed.map(\.subject) == ["connections", "\(addresses[1])"])
        #expect(mixed[0].found == "2 of 3 addresses take connections")
        #expect(mixed[1].next != nil)
        #expect(ConnectionExamination([]).checks.isEmpty)
    }

    @Test func `documents and files that can't be a service are listed`() {
        let sources = [
            SourceState(
                origin: .couchDB("http://db/services"),
                unusable: [.init(id: "not a/service", reason: "its id can't be a service")]
            ),
            SourceState(
                origin: .directory("/services"),
                unusable: [.init(id: "a b", reason: "it isn't a regular file")]
            ),
        ]
        let checks = SourceExamination(sources, nil).checks
        #expect(
            checks.map { "\($0.state.rawValue) \($0.found)" } == [
                "ok http://db/services is followed",
                "warning http://db/services/not a/service: its id can't be a service", "ok /services is followed",
                "warning /services/a b.json: it isn't a regular file",
            ]
        )
        #expect(checks.allSatisfy { $0.state == .ok || $0.next != nil })
    }

    @Test func `a source whose credentials can't be used is shown with its error`() {
        let source = SourceState(
            origin: .couchDB("http://db/services"),
            problem: "CouchDB credentials file /x: it can't be read",
            isRead: false
        )
        let checks = SourceExamination([source], nil).checks
        #expect(checks.map(\.state) == [.warning])
        #expect(checks[0].found == "http://db/services: CouchDB credentials file /x: it can't be read")
    }

    @Test func `a source that can't be reached is a warning: what is known serves on`() {
        let down = StatusDatabaseState(name: "http://db/status", problem: "connection refused")
        let checks = SourceExamination([], down).checks
        #expect(checks.map(\.subject) == ["status database"])
        #expect(checks.map(\.state) == [.warning])
        #expect(checks[0].found == "http://db/status: connection refused")
        #expect(SourceExamination([], StatusDatabaseState(name: "x", problem: nil)).checks.map(\.state) == [.ok])
    }
}
