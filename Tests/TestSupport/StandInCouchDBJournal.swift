import FoundationEssentials

#if canImport(Glibc)
import Glibc
#endif

/// The requests that changed something, in a file: whoever replays them has the same documents with the same revisions.
///
/// A line is method, target and body (Base64).
struct StandInCouchDBJournal {
    private let path: String

    init(path: String) { self.path = path }

    /// All requests so far; none if there is no file yet.
    func requests() -> [StandInCouchDBRequest] {
        guard let data = FileManager.default.contents(atPath: path) else { return [] }
        return String(decoding: data, as: UTF8.self).split(separator: "\n").compactMap { line in
            let parts = line.split(separator: " ", omittingEmptySubsequences: false).map(String.init)
            guard parts.count == 3, let body = Data(base64Encoded: parts[2]) else { return nil }
            return StandInCouchDBRequest(
                method: parts[0],
                target: parts[1],
                headers: [("Content-Type", "application/json")],
                body: [UInt8](body)
            )
        }
    }

    /// Adds a request; it is in the file before this returns, so that being killed loses nothing that was answered.
    func add(_ request: StandInCouchDBRequest) {
        let line = "\(request.method) \(request.target) \(Data(request.body).base64EncodedString())\n"
        guard let file = fopen(path, "a") else { return }
        fputs(line, file)
        fclose(file)
    }
}
