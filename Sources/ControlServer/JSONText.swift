import FoundationEssentials
import Hummingbird
import NIOCore

/// JSON as the control socket writes it, with sorted keys, so that two answers can be compared as text.
enum JSONText {
    static func bytes(_ value: some Encodable) throws -> ByteBuffer {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        return ByteBuffer(bytes: try encoder.encode(value))
    }

    /// A line of NDJSON.
    static func line(_ value: some Encodable) throws -> ByteBuffer {
        var bytes = try bytes(value)
        bytes.writeInteger(UInt8(ascii: "\n"))
        return bytes
    }
}

extension Response {
    static func json(_ value: some Encodable, status: HTTPResponse.Status = .ok) throws -> Response {
        let body = try JSONText.line(value)
        return Response(
            status: status,
            headers: [.contentType: "application/json", .contentLength: String(body.readableBytes)],
            body: ResponseBody(byteBuffer: body)
        )
    }
}
