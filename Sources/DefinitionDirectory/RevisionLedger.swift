import Crypto
import FoundationEssentials

/// Counts the contents of each service's file, which gives a file its revision.
struct RevisionLedger: Codable, Equatable, Sendable {
    struct Entry: Codable, Equatable, Sendable {
        /// The number of different contents so far.
        var generation: Int
        /// The MD5 of the latest content, in hexadecimal.
        var hash: String
        /// Whether the file existed at the last reading.
        var isPresent: Bool
    }

    private static let currentVersion = 1

    private let version = currentVersion
    var directory: DirectoryIdentity?
    private(set) var services: [String: Entry] = [:]

    private enum CodingKeys: String, CodingKey {
        case version, directory, services
    }

    init() {}

    init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        let version = try container.decode(Int.self, forKey: .version)
        guard version == Self.currentVersion else {
            throw DecodingError.dataCorruptedError(
                forKey: .version,
                in: container,
                debugDescription: "found version \(version), expected \(Self.currentVersion)"
            )
        }
        directory = try container.decodeIfPresent(DirectoryIdentity.self, forKey: .directory)
        services = try container.decode([String: Entry].self, forKey: .services)
        guard services.values.allSatisfy({ $0.generation > 0 && $0.generation < Int.max }) else {
            throw DecodingError.dataCorruptedError(
                forKey: .services,
                in: container,
                debugDescription: "found a generation out of range"
            )
        }
    }

    /// The services whose files existed.
    var present: Set<String> { Set(services.filter(\.value.isPresent).keys) }

    /// Records a file's content; returns its revision, and whether it differs from the one before.
    mutating func record(_ id: String, _ bytes: [UInt8]) -> (revision: String, isNew: Bool) {
        let hash = Insecure.MD5.hash(data: bytes).map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
        let previous = services[id]
        let isNew = previous?.hash != hash || previous?.isPresent != true
        let generation = (previous?.generation ?? 0) + (isNew ? 1 : 0)
        services[id] = Entry(generation: generation, hash: hash, isPresent: true)
        return ("\(generation)-\(hash)", isNew)
    }

    /// Records that a file was deleted.
    ///
    /// Its count continues if it comes back.
    mutating func recordDeletion(_ id: String) { services[id]?.isPresent = false }

    /// The ledger as JSON, with sorted keys, so that equal ledgers have equal bytes.
    func encoded() throws -> [UInt8] {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .prettyPrinted]
        return Array(try encoder.encode(self)) + [0x0A]
    }

    static func decoded(_ bytes: [UInt8]) throws -> RevisionLedger {
        try JSONDecoder().decode(RevisionLedger.self, from: Data(bytes))
    }
}
