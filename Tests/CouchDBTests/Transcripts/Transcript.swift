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
            requestBody: request["body"] == .null ? "" : request["body"]?.string,
            status: status,
            responseHeaders: Dictionary(headers.map { ($0.name, $0.value) }) { first, _ in first },
            isChunked: headers.contains { $0.name == "Transfer-Encoding" },
            body: response["body"]?.string,
            feed: chunks?.compactMap { $0["data"]?.string }.joined(),
            endsInOrder: json["end"]?["how"]?.string?.hasPrefix("final 0-chunk") ?? false
        )
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
