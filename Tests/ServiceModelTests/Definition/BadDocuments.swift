import ServiceModel
import Testing

/// A document with one mistake.
///
/// `«` stands right before what the error's position must be, and isn't part of the text.
struct BadDocument: Sendable, CustomTestStringConvertible {
    /// The fields beside a sound image and port.
    var fields: String
    var path: String
    var found: String
    /// What the expectation must contain.
    var expected: String
    /// Whether JSON Schema can express the mistake.
    var isInSchema: Bool

    init(_ fields: String, _ path: String, _ found: String, _ expected: String, isInSchema: Bool = true) {
        self.fields = fields
        self.path = path
        self.found = found
        self.expected = expected
        self.isInSchema = isInSchema
    }

    var testDescription: String { fields }

    private var marked: String {
        let sound = [("image", "\"image\": \"web:1\""), ("port", "\"port\": 80")]
        let given = sound.filter { !fields.contains("\"\($0.0)\": «") || fields.contains("health_check") }.map(\.1)
        return "{\n  \(given.joined(separator: ",\n  ")),\n  \(fields)\n}"
    }

    /// The text of the document.
    var text: String { marked.filter { $0 != "«" } }

    /// Where the mistake is.
    var position: SourcePosition {
        let before = marked.prefix { $0 != "«" }
        let line = before.split(separator: "\n", omittingEmptySubsequences: false)
        return SourcePosition(line: line.count, column: (line.last?.count ?? 0) + 1)
    }
}

extension BadDocument {
    static let all = basics + healthChecks + containers + volumes + limits + rollouts + traffic

    static let basics: [BadDocument] = [
        .init(#""image": «"Web:1""#, "image", #""Web:1""#, "an image reference", isInSchema: false),
        .init(#""image": «"""#, "image", #""""#, "an image reference"),
        .init(#""image": «"https://registry/web""#, "image", #""https://registry/web""#, "an image reference"),
        .init(#""image": «"web: 1""#, "image", #""web: 1""#, "an image reference"),
        .init(#""image": «"web@sha256:12""#, "image", #""web@sha256:12""#, "an image reference"),
        .init(
            #""image": «"web@sha256:ABCDEF0123456789ABCDEF0123456789ABCDEF0123456789ABCDEF0123456789""#,
            "image",
            #""web@sha256:ABCDEF0123456789ABCDEF0123456789ABCDEF0123456789A…""#,
            "an image reference"
        ),
        .init(#""image": «80"#, "image", "80", "an image reference"),
        .init(#""image": «null"#, "image", "null", "an image reference"),
        .init(#""port": «"80x""#, "port", #""80x""#, "a number from 1 to 65535"),
        .init(#""port": «"080""#, "port", #""080""#, "a number from 1 to 65535"),
        .init(#""port": «"65536""#, "port", #""65536""#, "a number from 1 to 65535"),
        .init(#""port": «" 80""#, "port", #"" 80""#, "a number from 1 to 65535"),
        .init(#""port": «null"#, "port", "null", "a number from 1 to 65535"),
        .init(#""port": «0"#, "port", "0", "a number from 1 to 65535"),
        .init(#""port": «65536"#, "port", "65536", "a number from 1 to 65535"),
        .init(#""port": «80.5"#, "port", "80.5", "a number from 1 to 65535"),
        .init(#""port": «-80"#, "port", "-80", "a number from 1 to 65535"),
        .init(#""port": «1e400"#, "port", "1e400", "a number from 1 to 65535", isInSchema: false),
        .init(#""port": «[80]"#, "port", "a list of 1 value", "a number from 1 to 65535"),
        .init(#""enabled": «"yes""#, "enabled", #""yes""#, "true or false"),
        .init(#""enabled": «1"#, "enabled", "1", "true or false"),
        .init(#""hosts": «{}"#, "hosts", "an empty object", "a host's name"),
        .init(#""hosts": ["web1", «""]"#, "hosts[1]", #""""#, "a host's name"),
        .init(#""wants": «7"#, "wants", "7", "a unit's name"),
        .init(#""wants": ["a b"]"#.replacing("[", with: "[«"), "wants[0]", #""a b""#, "a unit's name"),
        .init(#""after": «"@x""#, "after", #""@x""#, "a unit's name"),
        .init(#""roll": «"specs""#, "roll", #""specs""#, #""revision" or "spec""#),
        .init(#""pull": «"if-missing""#, "pull", #""if-missing""#, #""missing", "always" or "never""#),
    ]

    static let healthChecks: [BadDocument] = [
        .init(#""health_check": «"htttp""#, "health_check", #""htttp""#, #""http", "up", "tcp""#),
        .init(#""health_check": «"web""#, "health_check", #""web""#, #""http", "up", "tcp""#),
        .init(#""health_check": «"exec""#, "health_check", #""exec""#, "an object"),
        .init(#""health_check": «true"#, "health_check", "true", "an object"),
        .init(#""health_check": {"kind": «"https"}"#, "health_check.kind", #""https""#, #""exec" or "none""#),
        .init(
            #""health_check": «{"kind": "exec"}"#,
            "health_check.command",
            "nothing",
            "a command",
            isInSchema: false
        ),
        .init(#""health_check": {"path": «"up"}"#, "health_check.path", #""up""#, "begins with \"/\""),
        .init(#""health_check": {"path": «"/a b"}"#, "health_check.path", #""/a b""#, "begins with \"/\""),
        .init(#""health_check": {"port": «0}"#, "health_check.port", "0", "a number from 1 to 65535"),
        .init(#""health_check": {"host": «"a/b"}"#, "health_check.host", #""a/b""#, "a host name"),
        .init(#""health_check": {"status": «99}"#, "health_check.status", "99", "from 100 to 599"),
        .init(#""health_check": {"status": «"6xx"}"#, "health_check.status", #""6xx""#, "from 100 to 599"),
        .init(
            #""health_check": {"status": [200, «"399-300"]}"#,
            "health_check.status[1]",
            #""399-300""#,
            "from 100 to 599",
            isInSchema: false
        ),
        .init(#""health_check": {"status": «[]}"#, "health_check.status", "an empty list", "at least one"),
        .init(#""health_check": {"headers": «[]}"#, "health_check.headers", "an empty list", "an object of headers"),
        .init(#""health_check": {"headers": {"A": «1}}"#, "health_check.headers.A", "a number", "a text"),
        .init(
            #""health_check": {"headers": {"A": «"b\r\nC: d"}}"#,
            "health_check.headers.A",
            "a text with one",
            "control"
        ),
        .init(
            #""health_check": {"headers": {«"Host": "x"}}"#,
            "health_check.headers.Host",
            #""Host""#,
            "the name of a header",
            isInSchema: false
        ),
        .init(#""health_check": {"json": «"up"}"#, "health_check.json", #""up""#, "an object of members"),
        .init(#""health_check": {"json": «{}}"#, "health_check.json", "an empty object", "an object of members"),
        .init(#""health_check": {"json": {"a": {"b": «[]}}}"#, "health_check.json.a.b", "an empty list", "a text"),
        .init(#""health_check": {"command": «[]}"#, "health_check.command", "an empty list", "a command"),
        .init(#""health_check": {"interval": «0}"#, "health_check.interval", "0", "from 100ms to 1h"),
        .init(#""health_check": {"startup_interval": «0.01}"#, "health_check.startup_interval", "0.01", "from 50ms"),
        .init(#""health_check": {"timeout": «301}"#, "health_check.timeout", "301", "from 10ms to 5m"),
        .init(#""health_check": {"rise": «0}"#, "health_check.rise", "0", "a number from 1 to 100"),
        .init(#""health_check": {"fall": «"3"}"#, "health_check.fall", #""3""#, "a number from 1 to 100"),
        .init(#""health_check": {"restart_after": «0}"#, "health_check.restart_after", "0", "a number from 1"),
    ]

    static let containers: [BadDocument] = [
        .init(#""environment": «"A=b""#, "environment", "a text", "an object"),
        .init(#""environment": {"THING": «["secret"]}"#, "environment.THING", "a list of 1 value", "a text"),
        .init(#""environment": {"THING": «{}}"#, "environment.THING", "an empty object", "a text"),
        .init(#""environment": {"THING": {"file": «"key"}}"#, "environment.THING.file", #""key""#, "an absolute path"),
        .init(
            #""environment": {"A": {"credential": «"../key"}}"#,
            "environment.A.credential",
            #""../key""#,
            "the name of a systemd credential"
        ),
        .init(#""environment": {"A": {"credential": «1}}"#, "environment.A.credential", "1", "the name of a systemd"),
        .init(#""environment": {"A": «{"file": "/a", "credential": "b"}}"#, "environment.A", "both", "either"),
        .init(
            #""environment": {«"A=B": "c"}"#,
            "environment.A=B",
            #""A=B""#,
            "the name of a variable",
            isInSchema: false
        ),
        .init(
            #""environment": {"A": «"\u0000"}"#,
            "environment.A",
            "a text with a NUL character",
            "a text",
            isInSchema: false
        ),
        .init(#""environment": [«"secret"]"#, "environment[0]", "a text without \"=\"", "\"NAME=value\""),
        .init(#""environment": [«"=secret"]"#, "environment[0]", "a text without a name", "\"NAME=value\""),
        .init(#""environment": ["A=1", «"A=2"]"#, "environment[1]", "A again", "once", isInSchema: false),
        .init(#""environment": ["A=1", «7]"#, "environment[1]", "a number", "\"NAME=value\""),
        .init(#""command": «7"#, "command", "7", "a command"),
        .init(#""command": «[]"#, "command", "an empty list", "a command"),
        .init(#""command": ["a", «1]"#, "command[1]", "1", "a text"),
        .init(#""command": [«""]"#, "command[0]", #""""#, "a program's name", isInSchema: false),
        .init(#""entrypoint": «"""#, "entrypoint", #""""#, "a command"),
        .init(#""user": «"a:b:c""#, "user", #""a:b:c""#, "a user"),
        .init(#""user": «-1"#, "user", "-1", "a user"),
        .init(#""network": «"host""#, "network", #""host""#, "the name of a Docker network", isInSchema: false),
        .init(#""network": «"a b""#, "network", #""a b""#, "the name of a Docker network"),
        .init(#""labels": «["a=b"]"#, "labels", "a list of 1 value", "an object of labels"),
        .init(#""labels": {"a": «{}}"#, "labels.a", "an empty object", "a text"),
        .init(
            #""labels": {«"service-manager.slot": "1"}"#,
            "labels.service-manager.slot",
            #""service-manager.slot""#,
            "a label's name",
            isInSchema: false
        ),
        .init(#""hostname": «"-web""#, "hostname", #""-web""#, "a host name"),
        .init(#""hostname": «"we_b""#, "hostname", #""we_b""#, "a host name"),
        .init(#""stop_signal": «"SIGNAL""#, "stop_signal", #""SIGNAL""#, "a signal", isInSchema: false),
        .init(#""stop_signal": «65"#, "stop_signal", "65", "a signal"),
    ]

    static let volumes: [BadDocument] = [
        .init(#""volumes": «"/a:/b""#, "volumes", #""/a:/b""#, "a list"),
        .init(#""volumes": [«7]"#, "volumes[0]", "7", "a volume"),
        .init(#""volumes": [«"data"]"#, "volumes[0]", #""data""#, "a volume"),
        .init(#""volumes": [«"C:/data"]"#, "volumes[0]", #""C:/data""#, "a volume"),
        .init(#""volumes": ["/ok:/ok", «"d:/data"]"#, "volumes[1]", #""d:/data""#, "a volume"),
        .init(#""volumes": [«"/a:b:/c:ro"]"#, "volumes[0]", #""/a:b:/c:ro""#, "a volume"),
        .init(#""volumes": [«"/data:ro"]"#, "volumes[0]", #""/data:ro""#, "a volume"),
        .init(#""volumes": [«"/data:"]"#, "volumes[0]", #""/data:""#, "a volume"),
        .init(#""volumes": [«":/data"]"#, "volumes[0]", #"":/data""#, "a volume"),
        .init(#""volumes": [«"/a:/b:ro,rw"]"#, "volumes[0]", #""/a:/b:ro,rw""#, "a volume", isInSchema: false),
        .init(#""volumes": [«"/a:/b:ro,"]"#, "volumes[0]", #""/a:/b:ro,""#, "a volume"),
        .init(#""volumes": [«"/a:/b:nocopy"]"#, "volumes[0]", #""/a:/b:nocopy""#, "a volume", isInSchema: false),
        .init(#""volumes": [«"aa:/b:rslave"]"#, "volumes[0]", #""aa:/b:rslave""#, "a volume", isInSchema: false),
        .init(#""volumes": [«"/a:/b/.."]"#, "volumes[0]", #""/a:/b/..""#, "a volume", isInSchema: false),
        .init(#""volumes": ["/a:/c", «"/b:/c/"]"#, "volumes[1]", "/c/ again", "each target once", isInSchema: false),
        .init(
            #""volumes": [{"source": «"c", "target": "/b"}]"#,
            "volumes[0].source",
            #""c""#,
            "at least two characters",
            isInSchema: false
        ),
        .init(#""volumes": [«"./data:/data"]"#, "volumes[0]", #""./data:/data""#, "a volume"),
        .init(#""volumes": [«"/a:b"]"#, "volumes[0]", #""/a:b""#, "a volume"),
        .init(#""volumes": [«"/a:/"]"#, "volumes[0]", #""/a:/""#, "a volume"),
        .init(#""volumes": [«"/a:/b:x"]"#, "volumes[0]", #""/a:/b:x""#, "a volume"),
        .init(#""volumes": ["/a:/c", «"/b:/c"]"#, "volumes[1]", "/c again", "each target once", isInSchema: false),
        .init(#""volumes": {"/a": «7}"#, "volumes./a", "7", "a path in the container"),
        .init(#""volumes": {"/a": «"b"}"#, "volumes./a", #""b""#, "a volume"),
        .init(#""volumes": [«{"source": "/a"}]"#, "volumes[0].target", "nothing", "an absolute path"),
        .init(#""volumes": [{"source": "/a", "target": «"b"}]"#, "volumes[0].target", #""b""#, "an absolute path"),
        .init(
            #""volumes": [{"type": "volume", "source": «"/a", "target": "/b"}]"#,
            "volumes[0].source",
            #""/a""#,
            "a volume's name",
            isInSchema: false
        ),
        .init(#""volumes": [«{"target": "/b"}]"#, "volumes[0].source", "nothing", "a volume's name", isInSchema: false),
        .init(
            #""volumes": [{"type": «"nfs", "source": "ab", "target": "/b"}]"#,
            "volumes[0].type",
            #""nfs""#,
            #""bind", "volume" or "tmpfs""#
        ),
        .init(
            #""volumes": [{"source": "ab", "target": "/b", "read_only": «"yes"}]"#,
            "volumes[0].read_only",
            #""yes""#,
            "true or false"
        ),
    ]

    static let limits: [BadDocument] = [
        .init(#""memory": «512"#, "memory", "512", "a number of bytes"),
        .init(#""memory": «"512 m""#, "memory", #""512 m""#, "a number of bytes"),
        .init(#""memory": «"1e3m""#, "memory", #""1e3m""#, "a number of bytes"),
        .init(#""memory": «"-1g""#, "memory", #""-1g""#, "a number of bytes"),
        .init(#""memory": «"99999999t""#, "memory", #""99999999t""#, "a number of bytes", isInSchema: false),
        .init(#""cpus": «0"#, "cpus", "0", "a number of cores"),
        .init(#""cpus": «"1.5""#, "cpus", #""1.5""#, "a number of cores"),
        .init(#""pids": «0"#, "pids", "0", "a number from 1 to 4194304"),
        .init(#""ulimits": «["nofile=1"]"#, "ulimits", "a list of 1 value", "an object of limits"),
        .init(#""ulimits": {«"nofiles": 1}"#, "ulimits.nofiles", #""nofiles""#, "the name of a limit"),
        .init(#""ulimits": {"nofile": «"1"}"#, "ulimits.nofile", #""1""#, "a number"),
        .init(#""ulimits": {"nofile": «{"soft": 1}}"#, "ulimits.nofile.hard", "nothing", "a number"),
        .init(#""ulimits": {"nofile": {"soft": «-2, "hard": 1}}"#, "ulimits.nofile.soft", "-2", "a number"),
        .init(
            #""ulimits": {"nofile": «{"soft": 2, "hard": 1}}"#,
            "ulimits.nofile.soft",
            "2",
            "at most the hard limit",
            isInSchema: false
        ),
    ]

    static let rollouts: [BadDocument] = [
        .init(#""stop_timeout": «-1"#, "stop_timeout", "-1", "a duration from 0s to 24h"),
        .init(#""stop_timeout": «"30""#, "stop_timeout", #""30""#, "a duration"),
        .init(#""drain_timeout": «"30 s""#, "drain_timeout", #""30 s""#, "a duration"),
        .init(#""drain_timeout": «"25h""#, "drain_timeout", #""25h""#, "from 0s to 24h", isInSchema: false),
        .init(#""min_healthy": «"s""#, "min_healthy", #""s""#, "a duration"),
        .init(#""min_healthy": «true"#, "min_healthy", "true", "a duration"),
        .init(#""pull_deadline": «0"#, "pull_deadline", "0", "from 1s to 24h"),
        .init(#""pull_progress_deadline": «"""#, "pull_progress_deadline", #""""#, "a duration"),
        .init(#""start_deadline": «1e300"#, "start_deadline", "1e300", "a duration"),
        .init(#""healthy_deadline": «"5m5m""#, "healthy_deadline", #""5m5m""#, "a duration"),
        .init(#""progress_deadline": «"9999999999s""#, "progress_deadline", #""9999999999s""#, "from 1s to 7d"),
        .init(#""order": «"start_first""#, "order", #""start_first""#, #""start-first" or "stop-first""#),
        .init(#""parallelism": «0"#, "parallelism", "0", "a number from 1 to 128"),
        .init(#""replicas": «129"#, "replicas", "129", "a number from 1 to 128"),
        .init(#""canary": «0"#, "canary", "0", "a share in percent from 1 to 99"),
        .init(#""canary": «"100%""#, "canary", #""100%""#, "a share in percent"),
        .init(#""canary": «{"hold": 1}"#, "canary.percent", "nothing", "a number from 1 to 99"),
        .init(#""canary": {"percent": 5, "hold": «"x"}"#, "canary.hold", #""x""#, "a duration"),
    ]

    static let traffic: [BadDocument] = [
        .init(#""address": «7001"#, "address", "7001", "an address with a port"),
        .init(#""address": «"172.18.0.1""#, "address", #""172.18.0.1""#, "an address with a port"),
        .init(#""address": «"172.18.0.1:0""#, "address", #""172.18.0.1:0""#, "an address with a port"),
        .init(
            #""address": «"172.18.0.256:1""#,
            "address",
            #""172.18.0.256:1""#,
            "an address with a port",
            isInSchema: false
        ),
        .init(#""address": «"fd00::1:80""#, "address", #""fd00::1:80""#, "an address with a port"),
        .init(
            #""address": «"http://10.0.0.1:80""#,
            "address",
            #""http://10.0.0.1:80""#,
            "an address",
            isInSchema: false
        ),
        .init(
            #""address": «"127.0.0.1:80""#,
            "address",
            #""127.0.0.1:80""#,
            "an address of this host",
            isInSchema: false
        ),
        .init(#""address": «"[::1]:80""#, "address", #""[::1]:80""#, "an address of this host", isInSchema: false),
        .init(#""address": «"0.0.0.0:80""#, "address", #""0.0.0.0:80""#, "an address of this host", isInSchema: false),
        .init(
            #""address": «"224.0.0.1:80""#,
            "address",
            #""224.0.0.1:80""#,
            "an address of this host",
            isInSchema: false
        ),
        .init(#""address": «[]"#, "address", "an empty list", "at least one address"),
        .init(
            #""address": ["10.0.0.1:80", «"tcp://10.0.0.1:80"]"#,
            "address[1]",
            "10.0.0.1:80 again",
            "each address once",
            isInSchema: false
        ),
        .init(#""scheduler": «"wcl""#, "scheduler", #""wcl""#, "an IPVS scheduler"),
        .init(#""scheduler_flags": «["port"]"#, "scheduler_flags", "a list of 1 value", "no flags", isInSchema: false),
        .init(
            #""scheduler": "sh", "scheduler_flags": [«"prot"]"#,
            "scheduler_flags[0]",
            #""prot""#,
            #""fallback" or "port""#
        ),
        .init(#""scheduler": "sh", "scheduler_flags": «"port""#, "scheduler_flags", #""port""#, "a list"),
        .init(#""persistence": «0"#, "persistence", "0", "from 1s to 31d"),
        .init(#""persistence": «1.5"#, "persistence", "1.5", "whole seconds"),
        .init(#""weight": «0"#, "weight", "0", "a number from 1 to 65535"),
        .init(#""weight": «65536"#, "weight", "65536", "a number from 1 to 65535"),
    ]
}
