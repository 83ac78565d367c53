import Addresses
import ServiceModel
import Testing

@Suite struct DefinitionValueTests {
    @Test(arguments: [
        (Duration.zero, "0s"), (.milliseconds(250), "250ms"), (.seconds(10), "10s"), (.seconds(90), "1m30s"),
        (.seconds(3600), "1h"), (.seconds(86400), "24h"), (.seconds(172_800), "2d"),
        (.milliseconds(3_661_001), "1h1m1s1ms"),
        (.seconds(-5), "-5s"), (.microseconds(10), "0s"),
    ])
    func `writes durations as definitions do`(duration: Duration, text: String) {
        #expect(duration.shortText == text)
    }

    @Test(arguments: [
        (["web1"], "web1", true), (["web1"], "WEB1", true), (["web1"], "web12", false), (["web*"], "web12", true),
        (["web?"], "web1", true), (["web?"], "web", false), (["*.example.org"], "a.example.org", true),
        (["a", "b"], "b", true),
        (["*a*b*"], "xaxxbxab", true), (["*a*b"], "xaxbx", false), (["*"], "", true), ([], "web1", false),
    ])
    func `knows its hosts`(patterns: [String], host: String, isMeant: Bool) throws {
        let definition = ServiceDefinition(image: "a", port: try #require(Port(1))) { $0.hosts = patterns }
        #expect(definition.isMeant(for: host) == isMeant)
    }

    @Test func `runs on all hosts when it names none`() throws {
        #expect(ServiceDefinition(image: "a", port: try #require(Port(1))).isMeant(for: "any"))
    }

    @Test func `a probe accepts the statuses that it names`() {
        var probe = HTTPProbe()
        #expect(probe.accepts(200) && probe.accepts(399) && !probe.accepts(404) && !probe.accepts(500))
        probe.status = [204...204, 400...499]
        #expect(probe.accepts(204) && probe.accepts(404) && !probe.accepts(200))
    }
}
