import Crypto
import Foundation
import TestSupport

/// The recorded exchanges of one scenario with a real CouchDB 3.5.0; `Fixtures/transcripts/README.md` has the format.
struct Transcript {
    struct Exchange {
        let number: Int
        let method: String
        let path: String
        let headers: [(name: String, value: String)]
        /// Nil if the recording holds only its length and digest.
        let requestBody: String?
        let status: Int
        let responseHeaders: [String: String]
        let isChunked: Bool
        /// Nil if the recording holds only its length and digest.
        let body: String?
        /// The chunks of a feed, joined; nil for a plain answer.
        let feed: String?
        /// Whether the server ended the feed with its last chunk.
        let endsInOrder: Bool
    }

    let exchanges: [Exchange]

    init(_ name: String) throws {
        let folder = Bundle.module.bundlePath + "/transcripts/"
        let text = try String(contentsOfFile: folder + name + ".jsonl", encoding: .utf8)
        exchanges = try text.split(separator: "\n").dropFirst().compactMap { line in
            Self.exchange(try StandInCouchDBJSONParser.parse(String(line)))
        }
    }

    private static func exchange(_ json: StandInCouchDBJSON) -> Exchange? {
        guard let request = json["request"], let response = json["response"], let number = json["n"]?.integer,
            let status = response["status_line"]?.string?.split(separator: " ").dropFirst().first.flatMap({ Int($0) })
        else { return nil }
        let headers = response["headers"]?.pairs ?? []
        let chunks = json["chunks"]?.array
        return Exchange(
            number: number,
            method: request["method"]?.string ?? "",
            path: request["path"]?.string ?? "",
            headers: (request["headers"]?.pairs ?? []).filter { !["Host", "Content-Length"].contains($0.name) },
            requestBody: request["body"] == .null ? "" : text(request["body"]),
            status: status,
            responseHeaders: Dictionary(headers.map { ($0.name, $0.value) }) { first, _ in first },
            isChunked: headers.contains { $0.name == "Transfer-Encoding" },
            body: text(response["body"]),
            feed: chunks?.compactMap { $0["data"]?.string }.joined(),
            endsInOrder: json["end"]?["how"]?.string?.hasPrefix("final 0-chunk") ?? false
        )
    }

    /// A body as it was; one that is recorded as its length and digest is made again, where the digest proves it.
    private static func text(_ json: StandInCouchDBJSON?) -> String? {
        if let text = json?.string { return text }
        guard let length = json?["len"]?.integer, let head = json?["head"]?.string, let digest = json?["sha256"]?.string
        else { return nil }
        let start = head.replacing(/x+$/, with: "")
        for end in ["\"}", "\",\"k\":1}", "\",\"k\":1}\n"] {
            let text = start + String(repeating: "x", count: max(0, length - start.count - end.count)) + end
            if SHA256.hash(data: Data(text.utf8)).map({ String($0 >> 4, radix: 16) + String($0 & 15, radix: 16) })
                .joined()
                == digest
            {
                return text
            }
        }
        return nil
    }
}

extension StandInCouchDBJSON {
    var integer: Int? {
        guard case .integer(let digits) = self else { return nil }
        return Int(digits)
    }

    /// `[[name, value], …]`.
    fileprivate var pairs: [(name: String, value: String)] {
        (array ?? []).compactMap { pair in
            guard let both = pair.array, both.count == 2, let name = both[0].string, let value = both[1].string else {
                return nil
            }
            return (name, value)
        }
    }
}
