/// What the stand-in answers to one request.
struct StandInCouchDBAnswer: Sendable {
    enum Body: Sendable {
        case fixed(String)
        case chunked([String])
        case feed(StandInCouchDBFeed.Options)
    }

    var status: Int
    var headers: [(name: String, value: String)] = []
    var body: Body

    /// A JSON body with the line feed that CouchDB ends it with.
    static func json(_ status: Int, _ json: StandInCouchDBJSON, headers: [(name: String, value: String)] = []) -> Self {
        Self(status: status, headers: headers, body: .fixed(json.text + "\n"))
    }

    static func refusal(_ refusal: StandInCouchDBRefusal) -> Self {
        let members: [StandInCouchDBJSON.Member] = [
            .init("error", .string(refusal.error)), .init("reason", .string(refusal.reason)),
        ]
        return .json(refusal.status, .object(members))
    }

    static let ok = Self.json(200, .object([.init("ok", .bool(true))]))

    /// The head's lines and, unless it is a feed, the body, framed as CouchDB frames it.
    func bytes(isHead: Bool, date: String) -> String {
        var lines = ["HTTP/1.1 \(status) \(Self.phrase(status))", "Cache-Control: must-revalidate", "Date: \(date)"]
        lines.append("Server: CouchDB/3.5.0 (stand-in)")
        lines += headers.map { "\($0.name): \($0.value)" }
        if !headers.contains(where: { $0.name == "Content-Type" }) { lines.append("Content-Type: application/json") }
        switch body {
        case .fixed(let text):
            lines.append("Content-Length: \(text.utf8.count)")
            return lines.joined(separator: "\r\n") + "\r\n\r\n" + (isHead || status == 304 ? "" : text)
        case .chunked(let chunks):
            lines.append("Transfer-Encoding: chunked")
            let head = lines.joined(separator: "\r\n") + "\r\n\r\n"
            return isHead ? head : head + chunks.map(Self.chunk).joined() + Self.lastChunk
        case .feed:
            lines.append("Transfer-Encoding: chunked")
            return lines.joined(separator: "\r\n") + "\r\n\r\n"
        }
    }

    static let lastChunk = "0\r\n\r\n"

    static func chunk(_ text: String) -> String {
        String(text.utf8.count, radix: 16, uppercase: true) + "\r\n" + text + "\r\n"
    }

    /// CouchDB's own reason phrases, "Object Not Found" among them.
    private static func phrase(_ status: Int) -> String {
        switch status {
        case 200: "OK"
        case 201: "Created"
        case 202: "Accepted"
        case 301: "Moved Permanently"
        case 304: "Not Modified"
        case 400: "Bad Request"
        case 401: "Unauthorized"
        case 403: "Forbidden"
        case 404: "Object Not Found"
        case 405: "Method Not Allowed"
        case 409: "Conflict"
        case 412: "Precondition Failed"
        case 413: "Request Entity Too Large"
        case 415: "Unsupported Media Type"
        case 503: "Service Unavailable"
        default: "Internal Server Error"
        }
    }
}
