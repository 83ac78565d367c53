import ControlAPI
import FoundationEssentials
import ServiceModel
import Testing
import smctl

@Suite struct `smctl doctor` {
    private let well = [
        HostCheck("docker", .ok, "Docker 20.10.24 with API 1.41"), HostCheck("kernel settings", .ok, "all are well"),
    ]
    private let broken = HostCheck(
        "kernel settings",
        .broken,
        "net.ipv4.ip_forward is 0",
        expected: "1, so that replies reach their clients",
        next: "run `sysctl -w net.ipv4.ip_forward=1`"
    )

    private func run(_ checks: [HostCheck], _ arguments: String...) async throws -> (Int32, RecordedOutput) {
        let backend = StandInBackend([])
        backend.setChecks(checks)
        let recorded = RecordedOutput()
        let status = try await serving(backend) { socket in
            await Invocation.run(["doctor"] + arguments + ["--socket", socket], output: recorded.output())
        }
        return (status.rawValue, recorded)
    }

    @Test func `shows a line per check, and ends with 0 when all is well`() async throws {
        let (status, recorded) = try await run(well)
        #expect(status == 0)
        #expect(
            recorded.lines == [
                "ok       docker           Docker 20.10.24 with API 1.41", "ok       kernel settings  all are well",
            ]
        )
    }

    @Test(arguments: [HostCheck.State.warning, .broken])
    func `says what was expected and what to do, and ends with 3, when something isn't well`(
        state: HostCheck.State
    ) async throws {
        var check = broken
        check.state = state
        let (status, recorded) = try await run([well[0], check])
        #expect(status == 3)
        #expect(
            recorded.lines == [
                "ok       docker           Docker 20.10.24 with API 1.41",
                (state == .broken ? "broken " : "warning")
                    + "  kernel settings  net.ipv4.ip_forward is 0; expected 1, so that replies reach their clients",
                "                          -> run `sysctl -w net.ipv4.ip_forward=1`",
            ]
        )
    }

    @Test func `marks with symbols on a terminal`() {
        let lines = DoctorReport(style: .terminal).lines(
            DoctorDocument(at: Fixtures.now, checks: [well[0], broken])
        )
        #expect(lines.count == 3)
        #expect(lines[0].hasPrefix("\u{1B}[32m✓\u{1B}[0m  docker"))
        #expect(lines[1].hasPrefix("\u{1B}[31m✗\u{1B}[0m  kernel settings"))
        #expect(lines[2].hasPrefix("                    → run"))
    }

    @Test func `prints the whole document as JSON`() async throws {
        let (status, recorded) = try await run([broken], "--json")
        #expect(status == 3)
        let text = recorded.lines.joined(separator: "\n")
        let document = try JSONDecoder().decode(DoctorDocument.self, from: Data(text.utf8))
        #expect(document == DoctorDocument(at: Fixtures.now, checks: [broken]))
        #expect(document.schema == "smctl.doctor/1")
    }
}
