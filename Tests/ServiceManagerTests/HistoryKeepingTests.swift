import FoundationEssentials
import Logging
import ServiceManager
import ServiceModel
import SystemPackage
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
