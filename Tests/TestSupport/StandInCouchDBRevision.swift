import Crypto

/// A revision: generation and hash, ordered as CouchDB chooses winners.
package struct StandInCouchDBRevision: Sendable, Hashable, Comparable {
    package let generation: Int
    /// 32 hexadecimal digits.
    package let hash: String

    /// Reads `2-<32 hexadecimal digits>`.
    package init?(_ text: String) {
        let parts = text.split(separator: "-", maxSplits: 1, omittingEmptySubsequences: false)
        guard parts.count == 2, let generation = Int(parts[0]), generation > 0, parts[1].utf8.count == 32,
            parts[1].allSatisfy({ $0.isHexDigit && !$0.isUppercase })
        else { return nil }
        self.generation = generation
        hash = String(parts[1])
    }

    /// The revision that CouchDB gives to `body` (without the members that begin with `_`) on top of `parent`:
    /// `md5(term_to_binary([Deleted, OldGeneration, OldRevision | 0, Body, Attachments], [{minor_version, 1}]))`.
    package init(body: StandInCouchDBJSON, isDeleted: Bool, parent: StandInCouchDBRevision?) {
        var term: [UInt8] = [131, 108, 0, 0, 0, 5]
        term += Self.atom(isDeleted ? "true" : "false")
        term += Self.integer(String(parent?.generation ?? 0))
        term += parent.map { Self.binary(Self.bytes($0.hash)) } ?? Self.integer("0")
        term += Self.term(body)
        term += [106, 106]
        generation = (parent?.generation ?? 0) + 1
        hash = Insecure.MD5.hash(data: term).map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
    }

    package var text: String { "\(generation)-\(hash)" }

    package static func < (left: Self, right: Self) -> Bool {
        (left.generation, left.hash) < (right.generation, right.hash)
    }

    private static func bytes(_ hexadecimal: String) -> [UInt8] {
        let digits = Array(hexadecimal)
        return stride(from: 0, to: digits.count - 1, by: 2).map { UInt8(String(digits[$0...$0 + 1]), radix: 16) ?? 0 }
    }
}

/// Erlang's external term format, as far as JSON needs it (erts user's guide, chapter 13).
extension StandInCouchDBRevision {
    private static func term(_ value: StandInCouchDBJSON) -> [UInt8] {
        switch value {
        case .null: return atom("null")
        case .bool(let value): return atom(value ? "true" : "false")
        case .integer(let digits): return integer(digits)
        case .float(let value): return [70] + bigEndian(value.bitPattern)
        case .string(let text): return binary(Array(text.utf8))
        case .array(let elements):
            // Erlang writes a list of bytes as a string.
            let small = elements.compactMap { element -> UInt8? in
                guard case .integer(let digits) = element else { return nil }
                return UInt8(digits)
            }
            guard elements.isEmpty || small.count < elements.count || small.count > 0xFFFF else {
                return [107] + bigEndian(UInt16(small.count)) + small
            }
            return list(elements.map(term))
        case .object(let members):
            return [104, 1] + list(members.map { [104, 2] + binary(Array($0.name.utf8)) + term($0.value) })
        }
    }

    private static func atom(_ name: String) -> [UInt8] { [100] + bigEndian(UInt16(name.utf8.count)) + name.utf8 }

    private static func binary(_ bytes: [UInt8]) -> [UInt8] { [109] + bigEndian(UInt32(bytes.count)) + bytes }

    private static func list(_ terms: [[UInt8]]) -> [UInt8] {
        terms.isEmpty ? [106] : [108] + bigEndian(UInt32(terms.count)) + terms.flatMap { $0 } + [106]
    }

    private static func integer(_ digits: String) -> [UInt8] {
        if let small = UInt8(digits) { return [97, small] }
        if let medium = Int32(digits) { return [98] + bigEndian(UInt32(bitPattern: medium)) }
        // Base 256, least significant first, by repeated multiplication.
        var magnitude: [UInt8] = []
        for digit in digits.utf8 where digit != UInt8(ascii: "-") {
            var carry = Int(digit - UInt8(ascii: "0"))
            for index in magnitude.indices {
                carry += Int(magnitude[index]) * 10
                magnitude[index] = UInt8(carry & 0xFF)
                carry >>= 8
            }
            if carry > 0 { magnitude.append(UInt8(carry)) }
        }
        return [110, UInt8(magnitude.count), digits.hasPrefix("-") ? 1 : 0] + magnitude
    }

    private static func bigEndian<Value: FixedWidthInteger>(_ value: Value) -> [UInt8] {
        withUnsafeBytes(of: value.bigEndian) { Array($0) }
    }
}
