import ControlAPI
import Hummingbird
import HummingbirdCore
import NIOCore
import Synchronization

extension ControlServer {
    /// A stream of the whole status first, and then of changes, until the reader leaves.
    func statusStream(_ request: Request) -> Response {
        let backend = backend
        let body = ResponseBody { writer in
            try await request.body.consumeWithCancellationOnInboundClose { _ in
                // Before the first status, so that no change in between is missed.
                let changes = backend.changes()
                var shown = await backend.statuses()
                try await writer.write(JSONText.line(shown))
                for await _ in changes {
                    let now = await backend.statuses()
                    guard let change = StatusChange(from: shown, to: now) else { continue }
                    shown = now
                    try await writer.write(JSONText.line(change))
                }
            }
            try await writer.finish(nil)
        }
        return Response(status: .ok, headers: [.contentType: "application/x-ndjson"], body: body)
    }

    /// A stream of lines, until there are no more or the reader leaves.
    func logStream(_ read: @escaping LogReader, _ request: Request) -> Response {
        let limit = limits.backlog
        let body = ResponseBody { writer in
            try await request.body.consumeWithCancellationOnInboundClose { _ in
                let (lines, line) = AsyncStream.makeStream(of: String.self)
                let backlog = Backlog()
                try await withThrowingTaskGroup(of: Void.self) { group in
                    group.addTask {
                        defer { line.finish() }
                        try await read { text in
                            // A reader that is too far behind gets an end instead of a gap.
                            guard backlog.add(text.utf8.count) <= limit else { throw CancellationError() }
                            line.yield(text)
                        }
                    }
                    for await text in lines {
                        backlog.add(-text.utf8.count)
                        try await writer.write(ByteBuffer(string: text + "\n"))
                    }
                    try await group.waitForAll()
                }
            }
            try await writer.finish(nil)
        }
        return Response(status: .ok, headers: [.contentType: "text/plain; charset=utf-8"], body: body)
    }
}

/// How many bytes wait for a reader.
private final class Backlog: Sendable {
    private let bytes = Mutex(0)

    @discardableResult
    func add(_ count: Int) -> Int {
        bytes.withLock { bytes in
            bytes += count
            return bytes
        }
    }
}
