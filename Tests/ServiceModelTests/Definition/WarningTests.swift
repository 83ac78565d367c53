import ServiceModel
import Testing

@Suite struct WarningTests {
    private func warnings(_ fields: String) -> [String] {
        let report = ServiceDefinition.decode("{\"image\": \"a\", \"port\": 1, \(fields)}".utf8)
        #expect(report.definition != nil)
        return report.warnings.map(\.description)
    }

    @Test(arguments: [
        ("enviroment", "environment"), ("env", "environment"), ("healthcheck", "health_check"),
        ("HealthCheck", "health_check"),
        ("health-check", "health_check"), ("cmd", "command"), ("addresses", "address"), ("replica", "replicas"),
        ("volume", "volumes"), ("drain_timeuot", "drain_timeout"), ("sheduler", "scheduler"), ("depends_on", "after"),
    ])
    func `guesses at an unknown field`(unknown: String, known: String) {
        #expect(warnings("\"\(unknown)\": 1") == ["\(unknown): unknown field, ignored — did you mean \"\(known)\"?"])
    }

    @Test(arguments: ["zzz", "x", "", "description", "maintainers"])
    func `makes no guess at what is near nothing`(unknown: String) {
        #expect(warnings("\"\(unknown)\": 1").first?.hasSuffix("unknown field, ignored") == true)
    }

    @Test(arguments: [
        ("restart", "always started again"), ("env_file", #"{"NAME": {"file": "/PATH"}}"#), ("build", "\"image\""),
        ("container_name", "leave it out"), ("deploy", "\"replicas\""), ("logging", "the journal"),
        ("services", "one file for each"),
    ])
    func `says what there is instead of a compose file's field`(field: String, advice: String) {
        let found = warnings("\"\(field)\": 1")
        #expect(found.count == 1)
        #expect(found.first?.hasPrefix("\(field): unknown field, ignored — ") == true)
        #expect(found.first?.contains(advice) == true)
    }

    @Test func `guesses within objects, too`() {
        #expect(
            warnings(#""canary": {"percent": 1, "percentage": 1}"#).first?.hasSuffix("did you mean \"percent\"?")
                == true
        )
        #expect(warnings(#""health_check": {"intervall": 1}"#).first?.hasPrefix("health_check.intervall: ") == true)
        #expect(warnings(#""canary": {"percent": 1, "held": 1}"#).first?.hasSuffix("did you mean \"hold\"?") == true)
        #expect(warnings(#""health_check": {"_note": 1, "comment": 2}"#) == [])
    }

    @Test func `guesses at a required field that is misspelt`() {
        let report = ServiceDefinition.decode(#"{"imgae": "a", "port": 1}"#.utf8)
        #expect(report.errors.first?.nextStep == #"did you mean "image" where it says "imgae"?"#)
    }

    @Test func `warns when a failing backend may count as stable`() {
        #expect(
            warnings(#""min_healthy": "2s", "health_check": {"startup_interval": 1}"#) == [
                "min_healthy 2s < startup_interval 1s × fall 3 = 3s: a failing backend may count as stable"
            ]
        )
    }

    @Test(arguments: [
        #""health_check": {"kind": "tcp", "path": "/"}"#: "health_check.path: has no effect with kind \"tcp\"",
        #""health_check": {"kind": "docker", "port": 1}"#: "health_check.port: has no effect with kind \"docker\"",
        #""parallelism": 2"#: "parallelism: more than replicas, 1: has no effect",
        #""canary": 5, "order": "stop-first""#: "canary: has no effect with order",
        #""hosts": []"#: "hosts: an empty list: the service runs nowhere",
        #""stop_signal": 9"#: "stop_signal: 9 gives the process no chance",
        #""address": "udp://10.0.0.1:53", "health_check": "http""#:
            "health_check: probes TCP port 1, but no address is TCP",
        #""healthy_deadline": "15m""#: "healthy_deadline 15m + min_healthy 10s > progress_deadline 15m",
        #""healthy_deadline": 1, "health_check": {"rise": 5}"#:
            "startup_interval 250ms × rise 5 = 1s250ms > healthy_deadline 1s",
    ])
    func `warns of what doesn't go together`(fields: String, start: String) {
        let found = warnings(fields)
        #expect(found.count == 1)
        #expect(found.first?.hasPrefix(start) == true, "\(found)")
    }
}
