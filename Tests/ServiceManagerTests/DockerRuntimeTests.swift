import BlockingCalls
import Dispatch
import Docker
import Logging
import NIOPosix
import ServiceManager
import ServiceModel
import Synchronization
import TestSupport
import Testing

/// What a container is made of, where that takes its time.
@Suite(.timeLimit(.minutes(1))) struct DockerRuntimeTests {
    /// A server of files that hangs until it is mended.
    private final class FileServer: Sendable {
        private let state = Mutex((isStuck: true, readers: 0))
        private let gate = DispatchSemaphore(value: 0)

        var readers: Int { state.withLock(\.readers) }

        func read() -> [UInt8] {
            let isStuck = state.withLock { state in
                state.readers += 1
                return state.isStuck
            }
            // Not for ever: who reads where nothing may block is to fail, not to hang.
            if isStuck { _ = gate.wait(timeout: .now() + 15) }
            return Array("secret\n".utf8)
        }

        func mend() {
            state.withLock { $0.isStuck = false }
            for _ in 0..<readers { gate.signal() }
        }
    }

    private func document() throws -> AcceptedDefinition {
        let text = #"{"image": "web:1", "port": 80, "environment": {"KEY": {"file": "/mnt/key"}}}"#
        return AcceptedDefinition(
            revision: try Revision("1-abcdef"),
            definition: try #require(ServiceDefinition.decode(text.utf8).definition),
            document: [UInt8](text.utf8)
        )
    }

    @Test func `files that environment names are given up, and nobody else waits`() async throws {
        let files = FileServer()
        let document = try document()
        let instance = InstanceID(revision: document.revision, slot: 1, attempt: 1)
        try await StandInHTTPServer.run { request in
            request.target.hasSuffix("/version")
                ? .whole(200, #"{"ApiVersion":"1.43","MinAPIVersion":"1.12"}"#) : .whole(201, #"{"Id":"c1"}"#)
        } _: { server in
            let client = DockerClient(socketPath: server.socketPath, group: MultiThreadedEventLoopGroup.singleton)
            let runtime = DockerRuntime(
                client: client,
                logins: RegistryLogins(path: "/nonexistent"),
                files: EnvironmentFiles(limit: .milliseconds(50), pool: BlockingPool(label: "test", threads: 4)) {
                    _,
                    _ in files.read()
                },
                logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
            )
            let service = try ServiceID("web")
            for _ in 0..<4 where files.readers < 4 {
                let failure = await #expect(throws: Failure.self) {
                    try await runtime.create(instance, of: service, document, image: nil)
                }
                #expect(failure?.isTransient == true)
                #expect(
                    failure?.message.hasPrefix("the files that environment names couldn't be read within 50ms") == true
                )
                guard failure != nil else { break }
            }
            #expect(files.readers > 0)
            let sum = await withTaskGroup(of: Int.self) { work in
                for number in 0..<100 { work.addTask { number } }
                return await work.reduce(0, +)
            }
            #expect(sum == 4950)
            #expect(!server.requests.contains { $0.target.contains("/containers/create") })

            files.mend()
            try await eventually("its container is made") {
                do throws(Failure) {
                    return try await runtime.create(instance, of: service, document, image: nil) == ContainerID("c1")
                } catch {
                    return false
                }
            }
            #expect(server.requests.last?.body.contains("KEY=secret") == true)
            try await client.shutdown()
        }
    }
}
