import ControlAPI
import FoundationEssentials
import ServiceModel
import Testing
import smctl

@Suite struct `smctl history` {
    private func history() throws -> ServiceHistory {
        var history = ServiceHistory()
        let failure = RevisionFailure(phase: .healthy, message: "GET / → 503")
        let notices: [(RolloutNotice, String)] = [
            (.rolloutBegan(try Revision("7-77aabbccdd"), from: nil), "2026-08-29T10:00:00Z"),
            (.rolloutCompleted(try Revision("7-77aabbccdd")), "2026-08-29T10:00:20Z"),
            (.rolloutBegan(try Revision("8-88aabbccdd"), from: nil), "2026-09-01T09:58:00Z"),
            (.rolloutFailed(try Revision("8-88aabbccdd"), failure, kept: nil), "2026-09-01T09:59:06Z"),
        ]
        for (notice, time) in notices { _ = history.take(notice, image: "registry/web:1", at: time) }
        return history
    }

    private func run(_ arguments: String..., history: ServiceHistory) async throws -> (Int32, RecordedOutput) {
        let backend = StandInBackend([try Fixtures.web()])
        backend.setHistory(history)
        let recorded = RecordedOutput()
        let status = try await serving(backend) { socket in
            await Invocation.run(["history"] + arguments + ["--socket", socket], output: recorded.output())
        }
        return (status.rawValue, recorded)
    }

    @Test func `has a line per revision, the newest first, with what became of it and why`() async throws {
        let (status, recorded) = try await run("web", history: try history())
        #expect(status == 0)
        #expect(
            recorded.lines == [
                "REV        RESULT   WHEN    TOOK  WHY       IMAGE           DETAIL",
                "8-88aa...  failed   2m ago  1m    document  registry/web:1  healthy: GET / -> 503",
                "7-77aa...  current  3d ago  20s   document  registry/web:1",
            ]
        )
    }

    @Test func `says so when there is none`() async throws {
        let (status, recorded) = try await run("web", history: ServiceHistory())
        #expect(status == 0)
        #expect(recorded.lines == ["nothing is remembered of web yet"])
    }

    @Test func `prints the whole document as JSON`() async throws {
        let (_, recorded) = try await run("web", "--json", history: try history())
        let text = recorded.lines.joined(separator: "\n")
        let document = try JSONDecoder().decode(HistoryDocument.self, from: Data(text.utf8))
        let expected = HistoryDocument(service: "web", history: try history())
        #expect(document == expected)
        #expect(document.entries.map(\.revision) == ["8-88aabbccdd", "7-77aabbccdd"])
    }

    @Test func `ends with 2 for a service that isn't there`() async throws {
        let (status, recorded) = try await run("nope", history: ServiceHistory())
        #expect(status == 2)
        #expect(recorded.notes.count == 1)
    }
}
