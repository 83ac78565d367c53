import FoundationEssentials
import Testing

/// A file of expected text beside the tests.
///
/// A change of behaviour shows as a difference in it. `make transcripts` writes the files anew; look at `git diff` then.
struct GoldenFile {
    /// Below `Fixtures`.
    let name: String

    private var path: String {
        let folder = #filePath.split(separator: "/").dropLast().reduce("") { "\($0)/\($1)" }
        return "\(folder)/Fixtures/\(name)"
    }

    /// Compares line by line, and tells the first lines that differ; with `REWRITE_TRANSCRIPTS` set, writes the file.
    func expect(_ text: String) throws {
        if ProcessInfo.processInfo.environment["REWRITE_TRANSCRIPTS"] != nil {
            return try text.write(toFile: path, atomically: true, encoding: .utf8)
        }
        let expected = try String(contentsOfFile: path, encoding: .utf8)
        guard expected != text else { return }
        let old = expected.split(separator: "\n", omittingEmptySubsequences: false)
        let new = text.split(separator: "\n", omittingEmptySubsequences: false)
        let line = zip(old, new).prefix { $0 == $1 }.count
        func excerpt(_ lines: [Substring]) -> String {
            lines.dropFirst(line).prefix(5).joined(separator: "\n    ")
        }
        Issue.record(
            """
            Fixtures/\(name) says otherwise from line \(line + 1) on; `make transcripts` writes it anew, if that is meant.
              the file:
                \(excerpt(old))
              now:
                \(excerpt(new))
            """
        )
    }
}
