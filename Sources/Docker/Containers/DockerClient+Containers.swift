import NIOCore
import NIOFoundationEssentialsCompat
import NIOHTTP1
import PercentEncoding

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

extension DockerClient {
    /// Creates a container, without starting it.
    ///
    /// - Parameters:
    ///   - name: Its name, `[a-zA-Z0-9][a-zA-Z0-9_.-]+`.
    ///   - spec: What it consists of.
    /// - Returns: Its id.
    /// - Throws: Among others an error that `isConflict` if the name is taken, or `isNotFound` if the image isn't here.
    package func createContainer(name: String, _ spec: ContainerSpec) async throws(DockerError) -> String {
        let body: ByteBuffer
        do {
            let encoder = JSONEncoder()
            encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
            body = ByteBuffer(data: try encoder.encode(spec))
        } catch {
            throw .undecodable(call: "POST /containers/create", reason: "the container can't be encoded: \(error)")
        }
        let call = Call(.POST, "/containers/create", query: [("name", name)], body: body)
        return try await decode(CreateAnswer.self, from: call, limit: limits.create).id
    }

    /// Starts a container, unless it runs already.
    package func startContainer(_ id: String) async throws(DockerError) {
        let call = Call(.POST, "/containers/\(id.percentEncoded)/start")
        try await perform(call, limit: limits.start, accepting: [304])
    }

    /// What the engine knows about a container.
    package func inspectContainer(_ id: String) async throws(DockerError) -> ContainerDetails {
        let call = Call(.GET, "/containers/\(id.percentEncoded)/json")
        return try await decode(ContainerDetails.self, from: call, limit: limits.query)
    }

    /// Stops a container, unless it has stopped already, and waits until it has exited.
    ///
    /// - Parameters:
    ///   - id: The container.
    ///   - timeout: How long it may take after its stop signal before it's killed; rounded up to whole seconds.
    /// - Throws: `timedOut` once it takes longer than that plus `CallLimits.stopMargin`.
    package func stopContainer(_ id: String, timeout: Duration) async throws(DockerError) {
        let (seconds, fraction) = max(timeout, .zero).components
        let grace = fraction > 0 ? seconds + 1 : seconds
        let call = Call(.POST, "/containers/\(id.percentEncoded)/stop", query: [("t", "\(grace)")])
        try await perform(call, limit: .seconds(grace) + limits.stopMargin, accepting: [304])
    }

    /// Sends a signal to a container's main process; a conflict if that doesn't run.
    package func killContainer(_ id: String, signal: String) async throws(DockerError) {
        let call = Call(.POST, "/containers/\(id.percentEncoded)/kill", query: [("signal", signal)])
        try await perform(call, limit: limits.query)
    }

    /// Removes a container, if it exists, with its anonymous volumes; a running one is killed.
    package func removeContainer(_ id: String) async throws(DockerError) {
        let call = Call(.DELETE, "/containers/\(id.percentEncoded)", query: [("force", "1"), ("v", "1")])
        try await perform(call, limit: limits.remove, accepting: [404])
    }

    /// The containers that have all of these labels, running or not.
    ///
    /// - Parameter label: Labels as `NAME` or `NAME=VALUE`; an empty list for all containers.
    /// - Returns: The containers, the newest first.
    /// - Throws: `DockerError` if the engine doesn't answer; without containers the list is empty.
    package func listContainers(label: [String]) async throws(DockerError) -> [ContainerSummary] {
        var query = [(name: "all", value: "1")]
        if !label.isEmpty {
            query.append(("filters", try Self.filters(["label": label])))
        }
        let call = Call(.GET, "/containers/json", query: query)
        return try await decode([ContainerSummary].self, from: call, limit: limits.query)
    }

    /// Whether any container, running or not, was created from an image, or from one that is based on it.
    ///
    /// - Parameter id: The image's id.
    /// - Returns: True if there is one.
    /// - Throws: `DockerError` if the engine doesn't answer.
    package func hasContainers(ofImage id: String) async throws(DockerError) -> Bool {
        let filters = try Self.filters(["ancestor": [id]])
        let call = Call(.GET, "/containers/json", query: [("all", "1"), ("filters", filters)])
        return try await !decode([ContainerSummary].self, from: call, limit: limits.query).isEmpty
    }

    /// The engine's notation for filters, a JSON object of lists.
    static func filters(_ filters: [String: [String]]) throws(DockerError) -> String {
        do {
            let encoder = JSONEncoder()
            encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
            return String(decoding: try encoder.encode(filters), as: UTF8.self)
        } catch {
            throw .undecodable(call: "filters", reason: "\(error)")
        }
    }
}

/// The part of the answer to `POST /containers/create` that is used.
private struct CreateAnswer: Decodable, Sendable {
    let id: String

    private enum CodingKeys: String, CodingKey {
        case id = "Id"
    }
}
