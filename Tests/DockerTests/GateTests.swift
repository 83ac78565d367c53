import Docker
import Synchronization
import TestSupport
import Testing

/// A gate that a test opens.
private final class ManualGate: EngineGate {
    private let content = Mutex<(isOpen: Bool, readers: [AsyncStream<Bool>.Continuation])>((false, []))

    var isOpen: Bool { content.withLock(\.isOpen) }
    var readers: Int { content.withLock(\.readers.count) }

    func changes() -> AsyncStream<Bool> {
        let (stream, reader) = AsyncStream.makeStream(of: Bool.self)
        content.withLock { content in
            content.readers.append(reader)
            reader.yield(content.isOpen)
        }
        return stream
    }

    func refresh() async {}

    func open() {
        content.withLock { content in
            content.isOpen = true
            for reader in content.readers { reader.yield(true) }
        }
    }
}

/// Nobody connects to an engine that was stopped.
@Suite struct GateTests {
    @Test func `a call waits while the engine is stopped, and is made when it isn't`() async throws {
        let gate = ManualGate()
        try await withEngine(gate: gate) { _ in
            .whole(204, "")
        } _: { client, server in
            try await withThrowingTaskGroup { tasks in
                tasks.addTask { try await client.startContainer("abc") }
                try await eventually("it waits") { gate.readers == 1 }
                #expect(server.requests.isEmpty)
                gate.open()
                try await tasks.waitForAll()
            }
            #expect(server.requests.map(\.target) == ["/version", "/v1.43/containers/abc/start"])
        }
    }

    @Test func `a question for the version and a stream fail, and say what starts the engine`() async throws {
        try await withEngine(gate: ManualGate()) { _ in
            .hang
        } _: { client, server in
            for error in [
                await failure { () async throws(DockerError) in try await client.negotiate() },
                await failure { () async throws(DockerError) in try await client.events { _ in } },
            ] {
                guard case .stopped = error else {
                    Issue.record("not stopped: \(String(describing: error))")
                    continue
                }
                #expect(error?.isTransient == true)
                #expect(error?.description.contains("systemctl start docker") == true)
            }
            #expect(server.requests.isEmpty)
        }
    }

    @Test func `a call that waits ends with its task`() async throws {
        let gate = ManualGate()
        try await withEngine(gate: gate) { _ in
            .hang
        } _: { client, server in
            await withTaskGroup { tasks in
                tasks.addTask {
                    _ = await failure { () async throws(DockerError) in try await client.startContainer("abc") }
                }
                tasks.cancelAll()
            }
            #expect(server.requests.isEmpty)
        }
    }
}
