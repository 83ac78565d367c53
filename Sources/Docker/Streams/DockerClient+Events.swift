import AsyncHTTPClient
import Glibc
import Lines
import NIOCore
import NIOHTTP1

extension DockerClient {
    /// Follows what happens to containers until the engine ends the stream, as it does when it restarts.
    ///
    /// Events before the call aren't replayed. To miss nothing, list the containers in `onConnected`: events after that list
    /// are in the stream, and a few from before it may be, too.
    ///
    /// - Parameters:
    ///   - onConnected: Called once, when the engine has answered. From then on, events are kept for the caller.
    ///   - handle: Called for each event, one after the other.
    /// - Throws: An error also if an event can't be decoded, because it may matter: list the containers, and follow again.
    package func events(
        onConnected: () async -> Void = {},
        _ handle: (DockerEvent) async -> Void
    ) async throws(DockerError) {
        let filters = try Self.filters(["type": ["container", "network"]])
        // The engine answers before it subscribes. With a time, events in between are replayed.
        let call = Call(.GET, "/events", query: [("since", Self.now()), ("filters", filters)])
        let prefix = try await versionPrefix()
        let response = try await send(call, prefix: prefix, on: streams, headLimit: limits.query)
        // A stream ends with its engine, and another engine may answer next.
        defer { version.current = nil }
        await onConnected()
        var lines = LineBuffer(longest: 1 << 20)
        var body = response.body.makeAsyncIterator()
        while true {
            let chunk: ByteBuffer?
            do {
                chunk = try await body.next()
            } catch {
                throw translate(error, call: call, limit: nil, hasHead: true)
            }
            guard let chunk else { return }
            lines.append(chunk)
            while let line = lines.nextOrPart() {
                guard line.readableBytes > 0 else { continue }
                await handle(try Self.decode(DockerEvent.self, from: line, call: call.name))
            }
        }
    }

    /// The present time in the engine's notation: seconds since 1970, with a fraction of nine digits.
    ///
    /// The engine runs on the same host, so its events have times of the same clock.
    private static func now() -> String {
        var now = timespec()
        clock_gettime(CLOCK_REALTIME, &now)
        let fraction = String(now.tv_nsec)
        return "\(now.tv_sec)." + String(repeating: "0", count: max(9 - fraction.count, 0)) + fraction
    }
}
