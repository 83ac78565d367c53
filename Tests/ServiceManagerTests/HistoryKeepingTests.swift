import FoundationEssentials
import Logging
import ServiceManager
import ServiceModel
import SystemPackage
import TestSupport
import Testing

/// A service's history in the state directory.
@Suite struct HistoryKeepingTests {
    private func withStore(_ body: (StateStore, String) throws -> Void) throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: "history-\(UInt64.random(in: 0 ... .max))")
        defer { try? FileManager.default.removeItem(at: folder) }
        let store = StateStore(
            directory: FilePath(folder.path),
            logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() },
            decode: { _ in nil },
            now: { Date(timeIntervalSince1970: 1_800_000_000) }
        )
        try body(store, folder.path)
    }

    @Test func `what was remembered is there for whoever comes next`() throws {
        try withStore { store, _ in
            let web = try ServiceID("web")
            #expect(store.history(of: web).entries.isEmpty)
            store.remember(.rolloutBegan(try Revision("1-abc"), from: nil), image: "web:1", of: web)
            store.remember(.rolloutCompleted(try Revision("1-abc")), image: nil, of: web)
            let entry = try #require(store.history(of: web).entries.first)
            #expect(entry.result == .current)
            #expect(entry.image == "web:1")
            #expect(entry.began == "2027-01-15T08:00:00Z")
            #expect(store.history(of: try ServiceID("api")).entries.isEmpty)
        }
    }

    @Test func `a document that waits for the end of a pause is kept`() throws {
        try withStore { store, _ in
            let web = try ServiceID("web")
            let note = OperatorNote(by: "anna")
            store.remember(.definitionHeld(try Revision("2-abc"), image: "web:2", note), image: nil, of: web)
            let entry = try #require(store.history(of: web).entries.first)
            #expect(entry.result == .waiting)
            #expect(entry.image == "web:2")
            #expect(entry.detail == "waits: paused by anna")
        }
    }

    private func document(_ number: Int, minHealthy: String) -> SourceEvent {
        let text = """
            {"image": "web:\(number)", "port": 80, "address": "172.18.0.1:7001", "min_healthy": "\(minHealthy)",
             "healthy_deadline": "1h", "health_check": {"kind": "tcp", "startup_interval": "50ms"}}
            """
        return .present(SourceDocument(id: "web", revision: "\(number)-abcdef", body: [UInt8](text.utf8)))
    }

    @Test(.timeLimit(.minutes(1)))
    func `a superseded revision that is all that serves is the one that is kept as current`() async throws {
        let host = FakeHost()
        host.makeSick("web:3")
        try await withManager(host) { inbox, board, store in
            let web = try ServiceID("web")
            let origin = DefinitionOrigin.directory("test")
            inbox.send(.source(document(1, minHealthy: "20ms"), origin))
            await board.wait { $0.state == .running }
            inbox.send(.source(document(2, minHealthy: "1h"), origin))
            await board.wait { $0.backends.count { $0.phase == "serving" } == 2 }
            // The first one's container ends, and no other of its image runs.
            host.makeUnstartable("web:1")
            let instances = board.registry.rollouts.first?.instances.keys.filter {
                $0.revision.description == "1-abcdef"
            }
            let first = try #require(instances?.first)
            inbox.send(.service(web, .instance(first, .exited(ExitReport(code: 1)))))
            await board.wait { $0.backends.filter { $0.phase == "serving" }.map(\.revision) == ["2-abcdef"] }
            inbox.send(.source(document(3, minHealthy: "1h"), origin))
            await board.wait { $0.current == "2-abcdef" && $0.candidate == "3-abcdef" }
            try await eventually("so says the history") {
                let current = store.history(of: web).entries.filter { $0.result == .current }
                return current.map(\.revision) == ["2-abcdef"]
            }
        }
    }

    @Test func `what is only for the journal touches no file`() throws {
        try withStore { store, folder in
            store.remember(.serviceStopped, image: nil, of: try ServiceID("web"))
            #expect(!FileManager.default.fileExists(atPath: folder + "/web"))
        }
    }

    @Test func `a file that can't be read is begun anew`() throws {
        try withStore { store, folder in
            let web = try ServiceID("web")
            store.remember(.rolloutBegan(try Revision("1-abc"), from: nil), image: nil, of: web)
            try Data("{".utf8).write(to: URL(filePath: folder + "/web/history.json"))
            #expect(store.history(of: web).entries.isEmpty)
            store.remember(.rolloutBegan(try Revision("2-abc"), from: nil), image: nil, of: web)
            #expect(store.history(of: web).entries.map(\.revision) == ["2-abc"])
        }
    }
}
