import AsyncHTTPClient
import ImageReferences
import Lines
import NIOCore
import NIOHTTP1
import PercentEncoding

extension DockerClient {
    /// What the engine knows about an image; nil if it isn't on this host.
    package func inspectImage(_ reference: String) async throws(DockerError) -> ImageDetails? {
        let call = Call(.GET, "/images/\(Self.path(reference))/json")
        do {
            return try await decode(ImageDetails.self, from: call, limit: limits.query)
        } catch {
            guard error.isNotFound else { throw error }
            return nil
        }
    }

    /// Adds a name to an image.
    ///
    /// If another image has that name, it moves to this one.
    package func tagImage(_ reference: String, repository: String, tag: String) async throws(DockerError) {
        let call = Call(.POST, "/images/\(Self.path(reference))/tag", query: [("repo", repository), ("tag", tag)])
        try await perform(call, limit: limits.query)
    }

    /// Removes a name from an image, and deletes the image with its last name (`docker rmi`, without force).
    ///
    /// - Parameter reference: A name or an id; a missing image is ignored.
    /// - Throws: `isConflict` if a container uses the image, or if it has several names and `reference` is its id.
    package func removeImage(_ reference: String) async throws(DockerError) {
        try await perform(Call(.DELETE, "/images/\(Self.path(reference))"), limit: limits.remove, accepting: [404])
    }

    /// Encodes a name for a path, except for its slashes: the engine's route takes the rest of the path.
    private static func path(_ reference: String) -> String {
        reference.split(separator: "/", omittingEmptySubsequences: false)
            .map { String($0).percentEncoded }
            .joined(separator: "/")
    }

    /// Pulls an image from its registry, and returns once it is complete.
    ///
    /// - Parameters:
    ///   - reference: `NAME[:TAG]` or `NAME@DIGEST`; without either, the tag is `latest`.
    ///   - auth: The login, for registries that require one.
    ///   - stallLimit: How long the engine may be silent before the pull is given up.
    ///   - progress: Called with each of the engine's lines, for a person to read.
    /// - Throws: `isNotFound` if the registry doesn't have it or denies access; a `stream` error with the engine's message if
    ///   the pull failed later for another reason.
    package func pullImage(
        _ reference: String,
        auth: RegistryAuth? = nil,
        stallLimit: Duration = .seconds(120),
        progress: @escaping @Sendable (String) -> Void
    ) async throws(DockerError) {
        let image = ImageReference(reference)
        var request = Call(.POST, "/images/create", query: [("fromImage", image.name), ("tag", image.version)])
        if let auth { request.headers.append(("X-Registry-Auth", try auth.header)) }
        let call = request
        try await TimeLimit.run("\(call.name) of \(reference)", stallLimit) { (limit) async throws(DockerError) in
            let response = try await startPull(call, of: reference)
            var lines = LineBuffer(longest: 1 << 20)
            var body = response.body.makeAsyncIterator()
            while true {
                let chunk: ByteBuffer?
                do {
                    chunk = try await body.next()
                } catch {
                    throw translate(error, call: call, limit: nil, hasHead: true)
                }
                limit.noteProgress()
                if let chunk { lines.append(chunk) }
                while let line = lines.nextOrPart() ?? (chunk == nil ? lines.finish() : nil) {
                    guard line.readableBytes > 0 else { continue }
                    let report = try Self.decode(PullReport.self, from: line, call: call.name)
                    if let error = report.error { throw Self.pullError(error, of: reference, call: call) }
                    progress(report.text)
                }
                if chunk == nil { return }
            }
        }
    }
}

extension DockerClient {
    /// The beginning of a pull's answer, or why there's none.
    private func startPull(_ call: Call, of reference: String) async throws(DockerError) -> HTTPClientResponse {
        do {
            return try await send(call, prefix: try await versionPrefix(), on: streams)
        } catch {
            guard case .api(500..., let message, let name) = error, let status = Self.refusal(in: message) else {
                throw error
            }
            throw .api(status: status, message: message, call: "\(name) of \(reference)")
        }
    }

    /// The status that fits a registry's refusal; nil for another kind of failure, which may pass.
    ///
    /// The engine answers 500 when the registry denies access (seen on 20.10), and engines with containerd's image store answer
    /// 200 before they have asked the registry at all. The words are those of the engine, of containerd and of the registry
    /// protocol, <https://distribution.github.io/distribution/spec/api/#errors>.
    private static func refusal(in message: String) -> Int? {
        let text = message.lowercased()
        let missing = ["not found", "manifest unknown", "name unknown", "no matching manifest"]
        if missing.contains(where: { text.contains($0) }) { return 404 }
        let refused = ["unauthorized", "denied", "no basic auth credentials", "authentication required"]
        return refused.contains { text.contains($0) } ? 403 : nil
    }

    /// Translates an error in a pull.
    private static func pullError(_ message: String, of reference: String, call: Call) -> DockerError {
        guard let status = refusal(in: message) else { return .stream(reason: "pull of \(reference): \(message)") }
        return .api(status: status, message: message, call: "\(call.name) of \(reference)")
    }
}

/// One line of a pull.
private struct PullReport: Decodable {
    let error: String?
    let text: String

    init(from decoder: any Decoder) throws {
        let root = LenientObject(try decoder.container(keyedBy: AnyKey.self))
        error = root.string("error") ?? root.object("errorDetail").map { $0.string("message") ?? "no reason given" }
        text = [root.text("id").map { "\($0):" }, root.text("status"), root.text("progress")]
            .compactMap { $0 }
            .joined(separator: " ")
    }
}
