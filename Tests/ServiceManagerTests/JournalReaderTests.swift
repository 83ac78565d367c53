import FoundationEssentials
import HostNetwork
import ServiceManager
import ServiceModel
import TestSupport
import Testing

/// What containers that are gone have written.
@Suite struct JournalReaderTests {
    /// A folder with a `journalctl` that does what the script says.
    private func reading(_ script: String) async throws -> Result<[String], Failure> {
        let folder = FileManager.default.temporaryDirectory.path + "/journal-\(UInt64.random(in: 0 ... .max))"
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let program = folder + "/journalctl"
        try Data("#!/bin/sh\n\(script)\n".utf8).write(to: URL(filePath: program))
        try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: program)
        let reader = JournalReader(runner: ProcessRunner(folders: [folder]))
        let (web, revision) = (try ServiceID("web"), try Revision("4-bd"))
        do throws(Failure) {
            return .success(try await reader.lines(of: revision, web, tail: 7))
        } catch {
            return .failure(error)
        }
    }

    @Test func `its last lines are asked for by the name that its containers have there`() async throws {
        let lines = try await reading(#"echo "$@""#).get()
        #expect(lines == ["--quiet --no-pager --output=cat --lines=7 CONTAINER_NAME=web.4-bd"])
    }

    @Test func `they come in order, empty ones included`() async throws {
        #expect(try await reading(#"printf 'one\n\nthree\n'"#).get() == ["one", "", "three"])
    }

    @Test func `a journal that has none of them has no lines`() async throws {
        #expect(try await reading("exit 1").get().isEmpty)
    }

    @Test func `a journal that can't be read says why`() async throws {
        guard case .failure(let failure) = try await reading("echo 'No journal files were opened' >&2; exit 1") else {
            Issue.record("expected a failure")
            return
        }
        #expect(failure.message == "the journal can't be read: journalctl says: No journal files were opened")
    }
}
