import FoundationEssentials
import Testing

/// An exchange that `ipvsadm` had with a real kernel: Tests/Host/capture-ipvs writes these files.
struct Fixture {
    /// A message that was sent, and those that came back for it.
    struct Exchange {
        var sent: [UInt8] = []
        var received: [[UInt8]] = []
    }

    /// All that was sent and came back, in order.
    private(set) var exchanges: [Exchange] = []
    /// What `ipvsadm` printed.
    private(set) var output: [String] = []

    /// Of each line the first pairs of hexadecimal digits count; the annotation comes after two spaces.
    init(_ name: String) throws {
        let folder = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "Fixtures")
        let text = String(decoding: try Data(contentsOf: folder.appending(path: "\(name).txt")), as: UTF8.self)
        var current = Exchange()
        for line in text.split(separator: "\n") {
            switch line.first {
            case "#":
                if line.hasPrefix("#   ") { output.append(String(line.dropFirst(4))) }
            case ">":
                if !current.sent.isEmpty { exchanges.append(current) }
                current = Exchange()
            case "<":
                current.received.append([])
            default:
                let bytes = try Self.bytes(line)
                if current.received.isEmpty {
                    current.sent += bytes
                } else {
                    current.received[current.received.count - 1] += bytes
                }
            }
        }
        exchanges.append(current)
    }

    private static func bytes(_ line: Substring) throws -> [UInt8] {
        let digits = line.drop { $0 == " " }
        let hexadecimal = digits[..<(digits.firstRange(of: "  ")?.lowerBound ?? digits.endIndex)]
        return try hexadecimal.split(separator: " ").map { try #require(UInt8($0, radix: 16), "in \(line)") }
    }
}

/// A message taken apart, to be compared where not all of it must be equal.
struct Message {
    var bytes: [UInt8]

    /// The message without what differs from run to run: sequence number and port id.
    var withoutNumbers: [UInt8] { Array(bytes[..<8] + bytes[16...]) }

    var sequence: UInt32 { bytes[8..<12].reversed().reduce(0) { $0 << 8 | UInt32($1) } }

    /// The message as another family's, with another sequence number, as the kernel would answer a request of ours.
    func answering(_ sequence: UInt32, family: UInt16? = nil) -> [UInt8] {
        var answer = bytes
        withUnsafeBytes(of: sequence) { answer.replaceSubrange(8..<12, with: $0) }
        if let family { withUnsafeBytes(of: family) { answer.replaceSubrange(4..<6, with: $0) } }
        return answer
    }

    /// The values of the attributes on the first level, by type.
    var attributes: [UInt16: [UInt8]] {
        var found: [UInt16: [UInt8]] = [:]
        var rest = bytes[20...]
        while rest.count >= 4 {
            let start = rest.startIndex
            let length = Int(rest[start]) | Int(rest[start + 1]) << 8
            let type = UInt16(rest[start + 2]) | UInt16(rest[start + 3] & 0x3f) << 8
            found[type] = Array(rest[(start + 4)..<(start + length)])
            rest = rest.dropFirst(length + (-length & 3))
        }
        return found
    }
}
