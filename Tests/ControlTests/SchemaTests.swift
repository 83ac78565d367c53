import Foundation
import TestSupport
import Testing
import smctl

#if canImport(Glibc)
import Glibc
#endif

@Suite struct `smctl without a daemon` {
    @Test func `prints the JSON Schema of definitions as it is in the documentation`() async throws {
        var root = URL(fileURLWithPath: #filePath)
        for _ in 0..<3 { root.deleteLastPathComponent() }
        let file = try String(contentsOf: root.appending(path: "Docs/service-definition.schema.json"), encoding: .utf8)
        let recorded = RecordedOutput()
        #expect(await recorded.run("schema") == .ok)
        #expect(recorded.lines.joined(separator: "\n") + "\n" == file)
    }

    /// Runs smctl with files of these texts.
    private func validate(_ texts: [String], and others: [String] = []) async throws -> (Int32, RecordedOutput) {
        let folder = NSTemporaryDirectory() + "validate-\(UUID().uuidString)"
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(atPath: folder) }
        var files: [String] = []
        for (number, text) in texts.enumerated() {
            files.append("\(folder)/\(number).json")
            try Data(text.utf8).write(to: URL(fileURLWithPath: files[number]))
        }
        let recorded = RecordedOutput()
        let status = await Invocation.run(["validate"] + files + others, output: recorded.output())
        return (status.rawValue, recorded)
    }

    @Test func `checks several definitions, and ends with 6 when one is invalid`() async throws {
        let good = #"{"image": "nginx", "port": 80}"#
        let (allGood, shown) = try await validate([good, good])
        #expect(allGood == 0)
        #expect(shown.notes.filter { $0.hasSuffix("is a valid definition") }.count == 2)
        let (oneBad, found) = try await validate([good, #"{"image": "nginx", "port": 0}"#, good])
        #expect(oneBad == 6)
        #expect(found.lines.count == 1)
        #expect(found.lines.first?.contains("/1.json:1:28 error port: ") == true)
        #expect(found.notes.filter { $0.hasSuffix("is a valid definition") }.count == 2)
    }

    @Test func `checks the others when a file can't be read`() async throws {
        let missing = ["/nonexistent.json"]
        let (status, recorded) = try await validate([#"{"image": "nginx", "port": 80}"#], and: missing)
        #expect(status == 2)
        #expect(recorded.notes.count == 2)
        let (worse, _) = try await validate(["[]"], and: missing)
        #expect(worse == 6)
    }
}
