import ControlAPI
import FoundationEssentials
import ServiceModel
import Testing
import smctl

@Suite struct `formats of smctl` {
    private func run(_ arguments: String...) async throws -> (Int32, RecordedOutput) {
        let backend = StandInBackend([try Fixtures.api(), try Fixtures.batch()])
        backend.setChecks([HostCheck("docker", .ok, "well"), HostCheck("ipvs", .broken, "no", next: "modprobe ip_vs")])
        let recorded = RecordedOutput()
        let status = try await serving(backend) { socket in
            await Invocation.run(arguments + ["--socket", socket], output: recorded.output())
        }
        return (status.rawValue, recorded)
    }

    @Test func `names are one per line, and the exit status is the same`() async throws {
        let (status, recorded) = try await run("status", "--output", "name")
        #expect(status == 3)
        #expect(recorded.lines == ["api", "batch"])
        #expect(try await run("doctor", "-o", "name").1.lines == ["ipvs"])
        #expect(try await run("show", "api", "-o", "name").1.lines == ["api"])
    }

    @Test func `YAML says the same as JSON`() async throws {
        let yaml = try await run("show", "api", "-o", "yaml").1.lines.joined()
        #expect(yaml.contains("\nname: api\n"))
        #expect(yaml.contains("\n    address: \"172.18.0.9:80\"\n") || yaml.contains("address: \"172.18.0.9:80\""))
        #expect(yaml.contains("\nfailed: []\n"))
        let json = try await run("show", "api", "-o", "json").1.lines.joined()
        let status = try JSONDecoder().decode(ServiceStatus.self, from: Data(json.utf8))
        #expect(status == (try Fixtures.api()))
        #expect(try await run("show", "api", "--json").1.lines.joined() == json)
    }

    @Test(arguments: [
        ["status", "--json", "--output", "yaml"], ["status", "--output", "xml"], ["history", "api", "-o"],
    ])
    func `what contradicts itself, or isn't known, is refused`(arguments: [String]) async {
        let recorded = RecordedOutput()
        #expect(await Invocation.run(arguments, output: recorded.output()) == .usage)
        #expect(recorded.lines.isEmpty)
    }
}
