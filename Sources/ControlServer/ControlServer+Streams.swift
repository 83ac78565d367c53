import ControlAPI
import Hummingbird
import HummingbirdCore
import NIOCore

extension ControlServer {
    /// Everything first, then what changed, until the reader leaves.
    func statusStream(_ request: Request) -> Response {
        let backend = backend
        let body = ResponseBody { writer in
            try await request.body.consumeWithCancellationOnInboundClose { _ in
                // Before the first look, so that nothing that changes in between is missed.
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

    /// Lines as they come, until there are no more or the reader leaves.
    func logStream(_ read: @escaping LogReader, _ request: Request) -> Response {
        let body = ResponseBody { writer in
            try await request.body.consumeWithCancellationOnInboundClose { _ in
                let (lines, line) = AsyncStream.makeStream(of: String.self, bufferingPolicy: .bufferingOldest(100_000))
                try await withThrowingTaskGroup(of: Void.self) { group in
                    group.addTask {
                        defer { line.finish() }
                        try await read { text in
                            // A reader that is so far behind gets an end instead of a gap.
                            guard case .enqueued = line.yield(text) else { throw CancellationError() }
                        }
                    }
                    for await text in lines { try await writer.write(ByteBuffer(string: text + "\n")) }
                    try await group.waitForAll()
                }
            }
            try await writer.finish(nil)
        }
        return Response(status: .ok, headers: [.contentType: "text/plain; charset=utf-8"], body: body)
    }
}
