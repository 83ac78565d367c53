import ServiceManager
import Synchronization

/// A status database in memory, with a log of what was asked of it.
final class FakeStatusDatabase: StatusDatabase {
    private struct Content {
        var documents: [String: (revision: Int, body: String)] = [:]
        var calls: [String] = []
        var fault: StatusDatabaseError?
    }

    private let content = Mutex(Content())

    /// Every call, with the number that the revision has afterwards.
    var calls: [String] { content.withLock(\.calls) }
    var writes: [String] { calls.filter { $0.hasPrefix("write") } }
    var ids: [String] { content.withLock { $0.documents.keys.sorted() } }

    func body(_ id: String) -> String { content.withLock { $0.documents[id]?.body ?? "" } }

    /// Every call fails so until it is taken away.
    func fail(_ fault: StatusDatabaseError?) { content.withLock { $0.fault = fault } }

    /// Writes as somebody else would.
    func put(_ id: String, _ body: String = "{}") {
        content.withLock { $0.documents[id] = (($0.documents[id]?.revision ?? 0) + 1, body) }
    }

    func empty() { content.withLock { $0.documents = [:] } }

    func revisions(startingWith prefix: String) async throws(StatusDatabaseError) -> [String: String] {
        try call("list \(prefix)")
        return content.withLock { content in
            content.documents.filter { $0.key.hasPrefix(prefix) }.mapValues { "\($0.revision)" }
        }
    }

    func revision(of id: String) async throws(StatusDatabaseError) -> String? {
        try call("read \(id)")
        return content.withLock { content in content.documents[id].map { "\($0.revision)" } }
    }

    func write(
        _ id: String,
        _ body: [UInt8],
        replacing revision: String?
    ) async throws(StatusDatabaseError) -> String {
        let known = content.withLock { $0.documents[id]?.revision ?? 0 }
        try call("write \(id) \(known + 1)")
        guard Int(revision ?? "0") == known else { throw .conflict }
        content.withLock { $0.documents[id] = (known + 1, String(decoding: body, as: UTF8.self)) }
        return "\(known + 1)"
    }

    func remove(_ id: String, revision: String) async throws(StatusDatabaseError) {
        try call("remove \(id)")
        let known = content.withLock { $0.documents[id]?.revision }
        guard let known else { return }
        guard revision == "\(known)" else { throw .conflict }
        content.withLock { $0.documents[id] = nil }
    }

    private func call(_ text: String) throws(StatusDatabaseError) {
        let fault = content.withLock { content in
            content.calls.append(text)
            return content.fault
        }
        if let fault { throw fault }
    }
}
