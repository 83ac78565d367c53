import Crypto

/// Sequence strings of the stand-in: as long and as opaque as the real ones.
enum StandInCouchDBSequence {
    static func text(_ number: Int, identity: String) -> String {
        let payload = "g1AAAACbeJzLYWBgYMpgTmEQTM4vTc5ISXIwNDLXMwBCwxyQVB4LkGRoA" + identity
        return "\(number)-\(payload)\(checksum("\(number)\(payload)"))"
    }

    /// The number to go on from, 0 for a sequence of another database; nil if the text is malformed.
    static func number(_ text: String, identity: String) -> Int? {
        if text == "0" { return 0 }
        let parts = text.split(separator: "-", maxSplits: 1)
        guard parts.count == 2, let number = Int(parts[0]), parts[1].count > 32 else { return nil }
        let payload = String(parts[1].dropLast(32))
        guard checksum("\(number)\(payload)") == parts[1].suffix(32) else { return nil }
        return payload.hasSuffix(identity) ? number : 0
    }

    private static func checksum(_ text: String) -> String {
        Insecure.MD5.hash(data: Array(text.utf8)).map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
    }
}
