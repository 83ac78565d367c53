/// A port number that something can listen on: 1…65535.
public struct Port: Hashable, Sendable {
    /// The number, never 0.
    public let rawValue: UInt16

    /// Makes a port from a number.
    ///
    /// - Parameter number: 1…65535; nil for anything else.
    public init?(_ number: some BinaryInteger) {
        guard let rawValue = UInt16(exactly: number), rawValue > 0 else { return nil }
        self.rawValue = rawValue
    }

    /// Parses a port in canonical decimal: no sign, no space, no leading zero.
    ///
    /// - Parameter text: The number.
    /// - Throws: `AddressError` with the text.
    public init(_ text: some StringProtocol) throws(AddressError) {
        guard let number = decimal(text.utf8, maximum: Int(UInt16.max)), let port = Port(number) else {
            throw AddressError(expected: .port, found: text)
        }
        self = port
    }
}

extension Port: Comparable {
    /// Orders by number.
    public static func < (left: Self, right: Self) -> Bool { left.rawValue < right.rawValue }
}

extension Port: CustomStringConvertible {
    /// The number in decimal.
    public var description: String { String(rawValue) }
}

extension Port: Codable {
    /// Decodes a number from 1 to 65535.
    ///
    /// - Parameter decoder: Where the number is.
    /// - Throws: `DecodingError` when it isn't a number, or out of range.
    public init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        let number = try container.decode(Int.self)
        guard let port = Port(number) else {
            let error = AddressError(expected: .port, found: String(number))
            throw DecodingError.dataCorruptedError(in: container, debugDescription: error.description)
        }
        self = port
    }

    /// Encodes the number.
    ///
    /// - Parameter encoder: Where the number goes.
    /// - Throws: What the encoder throws.
    public func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(rawValue)
    }
}
