import Addresses
import Docker
import Logging
import NIOPosix
import ServiceManager
import ServiceModel
import TestSupport
import Testing

/// Whether a container that can't be made or started is worth another try.
@Suite(.timeLimit(.minutes(5))) struct DockerRuntimeFailureTests {
    /// What comes of a create, and of a start.
    private func failures(socketPath: String) async throws -> [Failure] {
        let client = DockerClient(socketPath: socketPath, group: MultiThreadedEventLoopGroup.singleton)
        let runtime = DockerRuntime(
            client: client,
            logins: RegistryLogins(path: "/nonexistent"),
            logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
        )
        let revision = try Revision("1-abcdef")
        let service = try ServiceID("web")
        let definition = ServiceDefinition(image: "web:1", port: try Port("80"))
        let accepted = AcceptedDefinition(revision: revision, definition: definition, document: [])
        var failures: [Failure] = []
        do throws(Failure) {
            let id = InstanceID(revision: revision, slot: 1, attempt: 1)
            _ = try await runtime.create(id, of: service, accepted, image: nil)
        } catch {
            failures.append(error)
        }
        do throws(Failure) {
            _ = try await runtime.start(ContainerID("1"), definition)
        } catch {
            failures.append(error)
        }
        try await client.shutdown()
        return failures
    }

    @Test(arguments: [(500, true), (503, true), (429, true), (400, false), (404, false)])
    func `what Docker answers in passing is a passing failure, and no outage`(status: Int, mayPass: Bool) async throws {
        try await StandInHTTPServer.run { request in
            request.target == "/version"
                ? .whole(200, #"{"ApiVersion":"1.43","MinAPIVersion":"1.12"}"#)
                : .whole(status, #"{"message":"simulated"}"#)
        } _: { server in
            let found = try await failures(socketPath: server.socketPath)
            #expect(found.map(\.isTransient) == [mayPass, mayPass])
            #expect(found.map(\.isOutage) == [false, false])
            #expect(found.allSatisfy { $0.message.contains("simulated") })
        }
    }

    @Test func `without an engine it is an outage`() async throws {
        let found = try await failures(socketPath: "/nonexistent/docker.sock")
        #expect(found.map(\.isTransient) == [true, true])
        #expect(found.map(\.isOutage) == [true, true])
    }
}
