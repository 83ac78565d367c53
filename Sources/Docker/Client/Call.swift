import NIOCore
import NIOHTTP1
import PercentEncoding

/// One call of the Docker Engine API.
struct Call: Sendable {
    let method: HTTPMethod

    /// The path after the version, beginning with a slash, with its values percent-encoded.
    let path: String

    var query: [(name: String, value: String)] = []

    /// Headers in addition to those of every call.
    var headers: [(name: String, value: String)] = []

    /// The body, as JSON.
    ///
    /// Every `POST` has at least an empty body, so that it is sent with a length.
    var body: ByteBuffer?

    init(_ method: HTTPMethod, _ path: String, query: [(name: String, value: String)] = [], body: ByteBuffer? = nil) {
        self.method = method
        self.path = path
        self.query = query
        self.body = body
    }

    /// For messages: the method and the path, without the query.
    var name: String {
        "\(method.rawValue) \(path)"
    }

    /// The path with its query.
    var target: String {
        guard !query.isEmpty else { return path }
        return path + "?" + query.map { "\($0.name)=\($0.value.percentEncoded)" }.joined(separator: "&")
    }
}
