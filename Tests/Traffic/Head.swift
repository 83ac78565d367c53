/// The head of a response: the fields that say how long its body is and whether the connection stays.
struct Head {
    struct Complaint: Error, CustomStringConvertible {
        let description: String
    }

    let status: Int
    var contentLength: Int?
    var isChunked = false
    var isPersistent: Bool

    /// Reads a head that ends in its empty line.
    static func parse(_ bytes: [UInt8]) -> Result<Head, Complaint> {
        var lines = bytes.split(separator: UInt8(ascii: "\n"))[...]
        guard let statusLine = lines.popFirst()?.trimmed, statusLine.starts(with: Array("HTTP/1.".utf8)) else {
            return .failure(Complaint(description: "no HTTP/1 status line"))
        }
        let words = statusLine.split(separator: UInt8(ascii: " "), maxSplits: 2)
        guard words.count >= 2, words[1].count == 3, let status = Int(String(decoding: words[1], as: UTF8.self)),
            status >= 100
        else {
            return .failure(Complaint(description: "a status that is no number"))
        }
        var head = Head(status: status, isPersistent: words[0].last != UInt8(ascii: "0"))
        for line in lines where !line.trimmed.isEmpty {
            guard let colon = line.firstIndex(of: UInt8(ascii: ":")) else {
                return .failure(Complaint(description: "a header line without a colon"))
            }
            let name = line[..<colon].trimmed.lowercased
            let value = line[(colon + 1)...].trimmed.lowercased
            switch name {
            case "content-length":
                guard let length = Int(value), length >= 0, head.contentLength ?? length == length else {
                    return .failure(Complaint(description: "a Content-Length that is no number: \(value)"))
                }
                head.contentLength = length
            case "transfer-encoding":
                head.isChunked = value.hasSuffix("chunked")
            case "connection":
                if value == "close" { head.isPersistent = false }
                if value == "keep-alive" { head.isPersistent = true }
            default:
                break
            }
        }
        return .success(head)
    }
}

extension Collection<UInt8> where Self: BidirectionalCollection {
    /// Whether a head ends here: an empty line after another.
    var endsWithEmptyLine: Bool {
        reversed().starts(with: [10, 13, 10]) || reversed().starts(with: [10, 10])
    }
}

extension ArraySlice<UInt8> {
    /// Without spaces, tabs and line ends on either side.
    var trimmed: ArraySlice<UInt8> {
        var rest = self
        while let byte = rest.first, byte == 32 || byte == 9 || byte == 13 || byte == 10 { rest.removeFirst() }
        while let byte = rest.last, byte == 32 || byte == 9 || byte == 13 || byte == 10 { rest.removeLast() }
        return rest
    }

    /// ASCII letters in lower case.
    var lowercased: String {
        String(decoding: map { $0 >= 65 && $0 <= 90 ? $0 + 32 : $0 }, as: UTF8.self)
    }
}

extension [UInt8] {
    /// Without spaces, tabs and line ends on either side.
    var trimmed: ArraySlice<UInt8> { self[...].trimmed }
}
