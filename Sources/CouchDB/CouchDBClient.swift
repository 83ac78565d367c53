import AsyncHTTPClient
package import NIOCore
import NIOHTTP1
import NIOSSL
import PercentEncoding

/// An HTTP client for one CouchDB database (CouchDB 2.3 or later; observed with 3.5.0).
///
/// Credentials are sent pre-emptively with every request. Call ``shutdown()`` when done, because the connections outlive the
/// value otherwise.
package struct CouchDBClient: Sendable {
    /// The maximum size of a listing or an answer, in bytes.
    static let maximumAnswerSize = 64 << 20

    package let location: CouchDBLocation
    let http: HTTPClient
    private let requestTimeout: Duration

    /// Makes a client.
    ///
    /// Nothing is connected yet.
    ///
    /// - Parameters:
    ///   - location: The database, the credentials and the authorities to trust.
    ///   - requestTimeout: How long a request may take up to the last byte of its answer, except for the changes feed.
    ///   - eventLoopGroup: The event loops of the connections; nil for the process-wide group.
    package init(
        location: CouchDBLocation,
        requestTimeout: Duration = .seconds(30),
        eventLoopGroup: (any EventLoopGroup)? = nil
    ) {
        // No read timeout: it would apply to all of a client's requests, and a feed is quiet between its heartbeats. The
        // client's deadline ends at the response head, so plain requests get a deadline of their own.
        var configuration = HTTPClient.Configuration(
            redirectConfiguration: .disallow,
            timeout: .init(connect: .seconds(5))
        )
        configuration.httpVersion = .http1Only
        // The caller retries, with a back-off that is shown to people.
        configuration.connectionPool.retryConnectionEstablishment = false
        if let file = location.certificateAuthorityFile {
            var tls = TLSConfiguration.makeClientConfiguration()
            tls.trustRoots = .file(file)
            configuration.tlsConfiguration = tls
        }
        self.location = location
        self.requestTimeout = requestTimeout
        http = HTTPClient(
            eventLoopGroup: eventLoopGroup ?? HTTPClient.defaultEventLoopGroup,
            configuration: configuration
        )
    }

    /// Closes all connections; requests that are under way fail.
    package func shutdown() async {
        // It fails only if it was shut down before.
        try? await http.shutdown()
    }

    /// Sends a request and collects the answer, whatever its status.
    func perform(
        _ operation: String,
        _ suffix: String,
        method: HTTPMethod = .GET,
        body: [UInt8]? = nil
    ) async throws(CouchDBError) -> CouchDBAnswer {
        var request = request(method, suffix)
        if let body {
            request.headers.add(name: "Content-Type", value: "application/json")
            request.body = .bytes(ByteBuffer(bytes: body))
        }
        let prepared = request
        do {
            return try await withDeadline(requestTimeout) {
                let response = try await http.execute(prepared, timeout: TimeAmount(requestTimeout))
                var collected = try await response.body.collect(upTo: Self.maximumAnswerSize)
                return CouchDBAnswer(
                    status: response.status.code,
                    body: collected.readBytes(length: collected.readableBytes) ?? []
                )
            }
        } catch {
            throw CouchDBError(error, operation: operation, limit: Self.maximumAnswerSize, timeout: requestTimeout)
        }
    }

    /// Opens `GET /db/_changes?feed=continuous` and waits for the head of the answer.
    func openFeed(since sequence: String, heartbeat: Duration) async throws(CouchDBError) -> HTTPClientResponse.Body {
        let milliseconds = heartbeat / .milliseconds(1)
        let request = request(
            .GET,
            "/_changes?feed=continuous&include_docs=true&conflicts=true&heartbeat=\(Int(milliseconds))"
                + "&since=\(sequence.percentEncoded)"
        )
        let operation = "changes feed"
        let response: HTTPClientResponse
        do {
            response = try await http.execute(request, timeout: TimeAmount(requestTimeout))
        } catch {
            throw CouchDBError(error, operation: operation, limit: 0, timeout: requestTimeout)
        }
        guard response.status != .ok else { return response.body }
        let body: [UInt8]
        do {
            body = try await withDeadline(requestTimeout) {
                var collected = try await response.body.collect(upTo: 1 << 16)
                return collected.readBytes(length: collected.readableBytes) ?? []
            }
        } catch {
            throw CouchDBError(error, operation: operation, limit: 1 << 16, timeout: requestTimeout)
        }
        throw CouchDBAnswer(status: response.status.code, body: body).failure(operation, database: location.database)
    }

    private func request(_ method: HTTPMethod, _ suffix: String) -> HTTPClientRequest {
        var request = HTTPClientRequest(url: location.url(suffix))
        request.method = method
        request.headers.add(name: "Accept", value: "application/json")
        request.headers.add(name: "User-Agent", value: "service-manager")
        if let credentials = location.credentials {
            request.headers.add(name: "Authorization", value: credentials.authorization)
        }
        return request
    }
}
