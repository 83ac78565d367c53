import Addresses
import ServiceModel
import Testing

/// A document that fits, and how its definition differs from the defaults.
struct GoodDocument: Sendable, CustomTestStringConvertible {
    /// The fields beside an image and a port.
    var fields: String
    var adjust: @Sendable (inout ServiceDefinition) throws -> Void

    init(_ fields: String, _ adjust: @escaping @Sendable (inout ServiceDefinition) throws -> Void) {
        self.fields = fields
        self.adjust = adjust
    }

    var testDescription: String { fields }

    /// The text of the document.
    var text: String {
        let port = fields.hasPrefix("\"port\"") ? "" : "\"port\": 80, "
        return #"{"image": "web:1", \#(port)\#(fields)}"#
    }

    /// What it must be decoded to.
    func definition() throws -> ServiceDefinition {
        var definition = ServiceDefinition(image: "web:1", port: try #require(Port(80)))
        try adjust(&definition)
        return definition
    }
}

extension GoodDocument {
    static let all = basics + healthChecks + containers + rollouts + traffic

    private static func http(_ adjust: (inout HTTPProbe) -> Void = { _ in }) -> HealthCheck {
        var probe = HTTPProbe()
        adjust(&probe)
        return HealthCheck(.http(probe))
    }

    private static func variable(_ name: String, _ value: String) -> EnvironmentVariable {
        EnvironmentVariable(name: name, value: .text(Redacted(value)))
    }

    static let basics: [GoodDocument] = [
        .init(#""_id": "web", "_rev": "1-0", "_attachments": {"a": {}}, "comment": ["anything"]"#) { _ in },
        .init(#""port": "80""#) { _ in },
        .init(#""enabled": false"#) { $0.enabled = false },
        .init(#""hosts": "web1.example.org""#) { $0.hosts = ["web1.example.org"] },
        .init(#""hosts": ["web*", "db?"]"#) { $0.hosts = ["web*", "db?"] },
        .init(#""wants": "another-service@manager""#) { $0.wants = ["another-service@manager.service"] },
        .init(#""after": ["network.target", "db.service"]"#) { $0.after = ["network.target", "db.service"] },
        .init(#""roll": "spec""#) { $0.roll = .specification },
        .init(#""pull": "always""#) { $0.pull = .always },
        .init(#""pull": "never", "roll": "revision""#) { $0.pull = .never },
    ]

    static let healthChecks: [GoodDocument] = [
        .init(#""health_check": "http""#) { $0.healthCheck = http() },
        .init(#""health_check": "up""#) { $0.healthCheck = http { $0.json = ["status": .text("up")] } },
        .init(#""health_check": {"json": {"status": "up"}}"#) { $0.healthCheck = HealthCheck(.http(.up)) },
        .init(#""health_check": {"path": "/h", "json": {"db": {"up": true, "lag": 0}, "error": null}}"#) {
            $0.healthCheck = http {
                $0.path = "/h"
                $0.json = ["db": .object(["up": .bool(true), "lag": .number(0)]), "error": .null]
            }
        },
        .init(#""health_check": "tcp""#) { $0.healthCheck = HealthCheck(.tcp) },
        .init(#""health_check": "docker""#) { $0.healthCheck = HealthCheck(.docker) },
        .init(#""health_check": "none""#) { $0.healthCheck = HealthCheck(.none) },
        .init(#""health_check": {}"#) { _ in },
        .init(#""health_check": {"path": "/up?x=1", "host": "web.example.org:80"}"#) {
            $0.healthCheck = http {
                $0.path = "/up?x=1"
                $0.host = "web.example.org:80"
            }
        },
        .init(#""health_check": {"kind": "http", "status": 204}"#) {
            $0.healthCheck = http { $0.status = [204...204] }
        },
        .init(#""health_check": {"status": ["2xx", "301-302", 404]}"#) {
            $0.healthCheck = http { $0.status = [200...299, 301...302, 404...404] }
        },
        .init(#""health_check": {"kind": "http", "headers": {"X-Probe": "1"}}"#) {
            $0.healthCheck = http { $0.headers = ["X-Probe": "1"] }
        },
        .init(#""health_check": {"command": ["check", ""]}"#) { $0.healthCheck = HealthCheck(.exec(["check", ""])) },
        .init(#""health_check": {"kind": "exec", "command": "test -f /up"}"#) {
            $0.healthCheck = HealthCheck(.exec(["/bin/sh", "-c", "test -f /up"]))
        },
        .init(
            #""health_check": {"port": 81, "interval": "1m30s", "startup_interval": 0.5, "timeout": "1.5s", "rise": 2, "fall": 4, "restart_after": 9}"#
        ) {
            $0.healthCheck.port = Port(81)
            $0.healthCheck.interval = .seconds(90)
            $0.healthCheck.startupInterval = .milliseconds(500)
            $0.healthCheck.timeout = .milliseconds(1500)
            $0.healthCheck.rise = 2
            $0.healthCheck.fall = 4
            $0.healthCheck.restartAfter = 9
        },
    ]

    static let containers: [GoodDocument] = [
        .init(#""environment": {"B": "text", "A": 1.50, "C": true, "D": "", "E": {"file": "/run/key"}}"#) {
            $0.environment = [
                variable("B", "text"), variable("A", "1.50"), variable("C", "true"), variable("D", ""),
                EnvironmentVariable(name: "E", value: .file("/run/key")),
            ]
        },
        .init(#""environment": {"A": {"credential": "web.api-key"}}"#) {
            $0.environment = [EnvironmentVariable(name: "A", value: .credential("web.api-key"))]
        },
        .init(#""environment": {"THING": "xyz", "EMPTY": null}"#) {
            $0.environment = [variable("THING", "xyz"), variable("EMPTY", "")]
        },
        .init(#""environment": {"A": " two\nlines, a back\\slash and blanks \t"}"#) {
            $0.environment = [variable("A", " two\nlines, a back\\slash and blanks \t")]
        },
        .init(#""environment": ["A=b=c", "D="]"#) { $0.environment = [variable("A", "b=c"), variable("D", "")] },
        .init(#""environment": {"A": "\ud83d\ude00\n\u00e9"}"#) { $0.environment = [variable("A", "😀\né")] },
        .init(#""volumes": ["/srv/a:/a", "data:/b:ro", "/c:/c:rw"]"#) {
            $0.volumes = [
                Volume(source: .bind("/srv/a"), target: "/a"),
                Volume(source: .named("data"), target: "/b", isReadOnly: true),
                Volume(source: .bind("/c"), target: "/c"),
            ]
        },
        .init(#""volumes": ["/srv/data:/data:ro,z", "/srv/data:/more:rslave", "named:/named:nocopy", "/scratch"]"#) {
            $0.volumes = [
                Volume(source: .bind("/srv/data"), target: "/data", isReadOnly: true, options: ["z"]),
                Volume(source: .bind("/srv/data"), target: "/more", options: ["rslave"]),
                Volume(source: .named("named"), target: "/named", options: ["nocopy"]),
                Volume(source: .anonymous, target: "/scratch"),
            ]
        },
        .init(#""volumes": ["/a:/a:Z", "/b:/b:ro,rslave", "/c:/c:", "/d:/d:rw,private,cached", "ee:/e:z,ro,nocopy"]"#) {
            $0.volumes = [
                Volume(source: .bind("/a"), target: "/a", options: ["Z"]),
                Volume(source: .bind("/b"), target: "/b", isReadOnly: true, options: ["rslave"]),
                Volume(source: .bind("/c"), target: "/c"),
                Volume(source: .bind("/d"), target: "/d", options: ["private", "cached"]),
                Volume(source: .named("ee"), target: "/e", isReadOnly: true, options: ["z", "nocopy"]),
            ]
        },
        .init(#""volumes": [{"source": "/srv/2026-01-31T10:00", "target": "/data/c:", "read_only": true}]"#) {
            $0.volumes = [Volume(source: .bind("/srv/2026-01-31T10:00"), target: "/data/c:", isReadOnly: true)]
        },
        .init(#""volumes": {"/srv/a": "/a", "data": "/b:ro"}"#) {
            $0.volumes = [
                Volume(source: .bind("/srv/a"), target: "/a"),
                Volume(source: .named("data"), target: "/b", isReadOnly: true),
            ]
        },
        .init(
            #""volumes": [{"source": "/a", "target": "/a", "read_only": true}, {"source": "nn", "target": "/b"}, {"type": "tmpfs", "target": "/c"}]"#
        ) {
            $0.volumes = [
                Volume(source: .bind("/a"), target: "/a", isReadOnly: true), Volume(source: .named("nn"), target: "/b"),
                Volume(source: .tmpfs, target: "/c"),
            ]
        },
        .init(#""command": ["nginx", "-g", ""]"#) { $0.command = ["nginx", "-g", ""] },
        .init(#""command": "exec app | tee log""#) { $0.command = ["/bin/sh", "-c", "exec app | tee log"] },
        .init(#""entrypoint": ["/init"]"#) { $0.entrypoint = ["/init"] },
        .init(#""user": 1000"#) { $0.user = "1000" },
        .init(#""user": "www-data:33""#) { $0.user = "www-data:33" },
        .init(#""network": "backend_1""#) { $0.network = "backend_1" },
        .init(#""labels": {"team": "web", "tier": 1, "public": false}"#) {
            $0.labels = ["team": "web", "tier": "1", "public": "false"]
        },
        .init(#""hostname": "web-1.example.org""#) { $0.hostname = "web-1.example.org" },
        .init(#""memory": 536870912"#) { $0.memory = 512 << 20 },
        .init(#""memory": "512m""#) { $0.memory = 512 << 20 },
        .init(#""memory": "1.5GiB""#) { $0.memory = 3 << 29 },
        .init(#""memory": "6291456b", "cpus": 0.5, "pids": 100"#) {
            $0.memory = 6 << 20
            $0.cpus = 0.5
            $0.pids = 100
        },
        .init(#""ulimits": {"nofile": 1024, "core": -1, "nproc": {"soft": 1, "hard": -1}}"#) {
            $0.ulimits = [
                Ulimit(name: "nofile", soft: 1024, hard: 1024), Ulimit(name: "core", soft: -1, hard: -1),
                Ulimit(name: "nproc", soft: 1, hard: -1),
            ]
        },
        .init(#""stop_signal": "quit""#) { $0.stopSignal = "SIGQUIT" },
        .init(#""stop_signal": "SIGRTMIN+3""#) { $0.stopSignal = "SIGRTMIN+3" },
        .init(#""stop_signal": 3"#) { $0.stopSignal = "3" },
    ]

    static let rollouts: [GoodDocument] = [
        .init(#""stop_timeout": 0, "drain_timeout": "1h""#) {
            $0.stopTimeout = .zero
            $0.drainTimeout = .seconds(3600)
        },
        .init(#""min_healthy": "1.5s""#) { $0.minHealthy = .milliseconds(1500) },
        .init(#""pull_deadline": "20m", "pull_progress_deadline": 60"#) {
            $0.pullDeadline = .seconds(1200)
            $0.pullProgressDeadline = .seconds(60)
        },
        .init(#""start_deadline": "1m", "healthy_deadline": "1h", "progress_deadline": "2d1h1ms""#) {
            $0.startDeadline = .seconds(60)
            $0.healthyDeadline = .seconds(3600)
            $0.progressDeadline = .seconds(49 * 3600) + .milliseconds(1)
        },
        .init(#""order": "stop-first""#) { $0.order = .stopFirst },
        .init(#""replicas": 4, "parallelism": 2"#) {
            $0.replicas = 4
            $0.parallelism = 2
        },
        .init(#""replicas": 8e0"#) { $0.replicas = 8 },
        .init(#""canary": 10"#) { $0.canary = Canary(percent: 10) },
        .init(#""canary": "5%""#) { $0.canary = Canary(percent: 5) },
        .init(#""canary": {"percent": 20, "hold": "1h"}"#) { $0.canary = Canary(percent: 20, hold: .seconds(3600)) },
    ]

    static let traffic: [GoodDocument] = [
        .init(#""address": "172.18.0.1:7001""#) { $0.addresses = [try ServiceAddress("172.18.0.1:7001")] },
        .init(#""address": ["10.0.0.1:80", "[fd00::1]:80", "udp://10.0.0.1:80"]"#) {
            $0.addresses = [
                try ServiceAddress("10.0.0.1:80"), try ServiceAddress("[fd00::1]:80"),
                try ServiceAddress("udp://10.0.0.1:80"),
            ]
        },
        .init(#""scheduler": "mh", "scheduler_flags": ["port", "fallback"], "weight": 65535"#) {
            $0.scheduler = "mh"
            $0.schedulerFlags = [.port, .fallback]
            $0.weight = 65535
        },
        .init(#""persistence": "5m""#) { $0.persistence = .seconds(300) },
        .init(#""persistence": 360"#) { $0.persistence = .seconds(360) },
    ]
}
