import Addresses
import ServiceModel
import Testing

@Suite struct DecodingTests {
    @Test(arguments: GoodDocument.all)
    func `decodes what fits`(document: GoodDocument) throws {
        let report = ServiceDefinition.decode(document.text.utf8)
        #expect(report.errors == [])
        #expect(report.warnings == [])
        #expect(report.definition == (try document.definition()))
    }

    @Test(arguments: BadDocument.all)
    func `names path, finding, expectation and place of a mistake`(document: BadDocument) throws {
        let report = ServiceDefinition.decode(document.text.utf8)
        #expect(report.definition == nil)
        #expect(report.errors.count == 1)
        let error = try #require(report.errors.first)
        #expect(error.path == document.path)
        #expect(error.found == document.found)
        #expect(try #require(error.expected).contains(document.expected))
        #expect(error.position == document.position)
        #expect(!error.description.contains("secret"))
    }

    @Test func `every field has a document that fits and one that doesn't`() {
        for key in DefinitionKey.allCases where key != .image && key != .port {
            let name = "\"\(key.rawValue)\":"
            #expect(GoodDocument.all.contains { $0.fields.contains(name) }, "\(name)")
        }
        for key in DefinitionKey.allCases {
            #expect(BadDocument.all.contains { $0.path.hasPrefix(key.rawValue) }, "\(key)")
        }
        for key in HealthCheckKey.allCases {
            #expect(BadDocument.all.contains { $0.path.hasPrefix("health_check.\(key.rawValue)") }, "\(key)")
        }
    }

    @Test(arguments: [
        "nginx", "nginx:latest", "localhost/web", "registry.example.org:5000/team/web:1.7-rc_2", "a__b/c-d/e.f",
        "[fd00::1]:5000/web",
        "web@sha256:9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08", "REGISTRY.example.org/web",
    ])
    func `takes image references of every form`(image: String) {
        #expect(ServiceDefinition.decode(#"{"image": "\#(image)", "port": 1}"#.utf8).definition?.image == image)
    }

    @Test(arguments: [
        "a//b", "/a", "a/", "a:", "a:-x", "a___b", "a..b", "-a", "a-", "example.org:x/web", "a@b", "a b", "ä",
        "a@sha256:abc", "a@sha256:9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a0g",
    ])
    func `refuses what is no image reference`(image: String) {
        let report = ServiceDefinition.decode(#"{"image": "\#(image)", "port": 1}"#.utf8)
        #expect(report.errors.map(\.path) == ["image"])
    }

    @Test func `collects all errors in the order of the text`() {
        let text = #"{"weight": 0, "replicas": "2", "environment": {"A": []}, "health_check": {"rise": 0, "fall": 0}}"#
        let paths = ServiceDefinition.decode(text.utf8).errors.map(\.path)
        #expect(
            paths == ["image", "port", "weight", "replicas", "environment.A", "health_check.rise", "health_check.fall"]
        )
    }

    @Test func `reports at most a hundred errors`() {
        let volumes = Array(repeating: "1", count: 5000).joined(separator: ",")
        let report = ServiceDefinition.decode(#"{"image": "a", "port": 1, "volumes": [\#(volumes)]}"#.utf8)
        #expect(report.errors.count == DefinitionReport.maximumFindings)
    }

    @Test(.timeLimit(.minutes(5))) func `a document full of unknown fields costs no more than its hundred warnings`() {
        let fields = (0..<40_000).map { "\"enviroment_of_\($0)\": 1" }.joined(separator: ",")
        let report = ServiceDefinition.decode("{\"image\": \"a\", \"port\": 1, \(fields)}".utf8)
        #expect(report.definition != nil)
        #expect(report.warnings.count == DefinitionReport.maximumFindings)
    }

    @Test func `reads as the design has it`() {
        func sentence(_ fields: String) -> String? {
            ServiceDefinition.decode("{\"image\": \"a\", \(fields)}".utf8).errors.first?.description
        }
        #expect(sentence(#""port": "80x""#) == #"port: expected a number from 1 to 65535, found "80x""#)
        #expect(
            sentence(#""port": 1, "replicas": "2""#)
                == #"replicas: expected a number from 1 to 128, found "2" — write 2 without quotes"#
        )
        let loopback = sentence(#""port": 1, "address": "127.0.0.1:7001""#)
        #expect(loopback?.contains("IPVS can't serve 127.0.0.0/8 and ::1") == true)
        #expect(sentence(#""port": 1, "memory": null"#)?.hasSuffix("leave the field out for its default") == true)
    }

    @Test func `has the design's defaults`() throws {
        let definition = try #require(ServiceDefinition.decode(#"{"image": "a", "port": 1}"#.utf8).definition)
        #expect(definition == ServiceDefinition(image: "a", port: try #require(Port(1))))
        #expect(definition.healthCheck.kind == .http(HTTPProbe()))
        #expect(definition.healthCheck.timeout == .seconds(5) && definition.healthyDeadline == .seconds(600))
        #expect(definition.minHealthy == .seconds(10))
        #expect(definition.drainTimeout == .seconds(30) && definition.stopTimeout == .seconds(30))
        #expect(definition.scheduler == "wlc" && definition.order == .startFirst && definition.replicas == 1)
    }

    @Test(arguments: [
        (
            #""volumes": ["C:/data"]"#,
            "a volume's name has at least two characters; a path of the host begins with \"/\""
        ),
        (#""volumes": ["/srv/10:00:/data:ro"]"#, "a path with a colon needs the object form: {\"type\": \"bind\""),
        (#""volumes": ["/a:/b:rslav"]"#, "did you mean rslave?"),
        (#""volumes": ["/a:/b:z,Z"]"#, "z or Z: only one of them, once"),
        (#""volumes": ["/a:/b:nocopy"]"#, "nocopy is for volumes with a name, not for paths of the host"),
        (#""volumes": ["aa:/b:slave"]"#, "slave is for paths of the host, not for volumes"),
        (#""health_check": "yes""#, "the predecessor took any text except \"tcp\" for HTTP: write \"http\" for that"),
        (#""health_check": "HTTP""#, "did you mean \"http\"?"),
        (
            #""image": "a@sha256:ABCDEF0123456789ABCDEF0123456789ABCDEF0123456789ABCDEF0123456789""#,
            "the hexadecimal digits of a digest are in lower case"
        ),
    ])
    func `what Docker or the predecessor would do otherwise is rejected with the way out`(field: String, step: String) {
        let image = field.contains("image") ? "" : #""image": "a", "#
        let report = ServiceDefinition.decode("{\(image)\"port\": 1, \(field)}".utf8)
        #expect(report.errors.count == 1)
        #expect(report.errors.first?.nextStep?.contains(step) == true, "\(report.errors)")
    }

    @Test(
        arguments: [
            (#""address": "10.0.0.1:53""#, HealthCheck.Kind.http(HTTPProbe())),
            (#""address": "udp://10.0.0.1:53""#, HealthCheck.Kind.none),
            (#""address": ["udp://10.0.0.1:53", "sctp://10.0.0.1:53"]"#, HealthCheck.Kind.none),
            (#""address": ["udp://10.0.0.1:53", "10.0.0.1:53"]"#, HealthCheck.Kind.http(HTTPProbe())),
            (#""address": "udp://10.0.0.1:53", "health_check": {"interval": 9}"#, HealthCheck.Kind.none),
            (#""address": "udp://10.0.0.1:53", "health_check": "tcp""#, HealthCheck.Kind.tcp),
            (#""comment": 1"#, HealthCheck.Kind.http(HTTPProbe())),
        ] as [(String, HealthCheck.Kind)]
    )
    func `without a kind the check is http, and none where nothing can speak it`(
        fields: String,
        kind: HealthCheck.Kind
    ) throws {
        let report = ServiceDefinition.decode("{\"image\": \"a\", \"port\": 53, \(fields)}".utf8)
        #expect(try #require(report.definition).effectiveHealthCheck.kind == kind)
        #expect(report.warnings.isEmpty == (kind != .tcp))
    }

    @Test func `an address that the unit names decides on the implied check, too`() throws {
        var definition = try #require(ServiceDefinition.decode(#"{"image": "a", "port": 53}"#.utf8).definition)
        definition.addresses = [try ServiceAddress("udp://10.0.0.1:53")]
        #expect(definition.effectiveHealthCheck.kind == .none)
    }

    @Test(
        arguments: [
            (#"{"status": "up"}"#, nil), (#" {"a": [1], "status": "up"}"#, nil),
            (#"{"status": "down"}"#, #"expected status: "up", found "down""#),
            (#"{"Status": "up"}"#, #"expected status: "up", found no such member"#),
            (#"["up"]"#, "expected a JSON object, found a list of 1 value"),
            ("<html>", #"expected a JSON body, found "<html>""#), ("", "expected a JSON body, found an empty one"),
        ] as [(String, String?)]
    )
    func `what a JSON body lacks is said`(body: String, difference: String?) {
        #expect(JSONExpectation.difference(of: ["status": .text("up")], in: body.utf8) == difference)
    }

    @Test func `a body is held against numbers, truth values, null and objects within`() {
        let wanted: [String: JSONExpectation] = [
            "a": .number(1), "b": .bool(true), "c": .null, "d": .object(["e": .text("f")]),
        ]
        let good = #"{"a": 1.0, "b": true, "c": null, "d": {"e": "f", "g": 0}}"#
        #expect(JSONExpectation.difference(of: wanted, in: good.utf8) == nil)
        for (from, to) in [("1.0", "2"), ("true", "1"), ("null", "0"), (#""f""#, "7"), (#"{"e": "f", "g": 0}"#, "1")] {
            #expect(JSONExpectation.difference(of: wanted, in: good.replacing(from, with: to).utf8) != nil)
        }
    }

    @Test func `never shows the value of a variable`() throws {
        let text = #"{"image": "a", "port": 1, "environment": {"KEY": "hunter2"}}"#
        let definition = try #require(ServiceDefinition.decode(text.utf8).definition)
        var dumped = ""
        dump(definition, to: &dumped)
        #expect(!"\(definition)".contains("hunter2") && !String(reflecting: definition).contains("hunter2"))
        #expect(!dumped.contains("hunter2"))
        #expect("\(definition)".contains("<redacted>"))
    }
}
