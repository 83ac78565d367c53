extension IPAddress: Codable {
    /// Decodes the text of an address.
    ///
    /// - Parameter decoder: Where the text is.
    /// - Throws: `DecodingError` when it isn't a string, or not an address.
    public init(from decoder: any Decoder) throws {
        self = try decodeText(from: decoder) { text throws(AddressError) in try IPAddress(text) }
    }

    /// Encodes the canonical text.
    ///
    /// - Parameter encoder: Where the text goes.
    /// - Throws: What the encoder throws.
    public func encode(to encoder: any Encoder) throws { try encodeText(description, to: encoder) }
}

extension Endpoint: Codable {
    /// Decodes the text of an endpoint.
    ///
    /// - Parameter decoder: Where the text is.
    /// - Throws: `DecodingError` when it isn't a string, or not an endpoint.
    public init(from decoder: any Decoder) throws {
        self = try decodeText(from: decoder) { text throws(AddressError) in try Endpoint(text) }
    }

    /// Encodes the canonical text.
    ///
    /// - Parameter encoder: Where the text goes.
    /// - Throws: What the encoder throws.
    public func encode(to encoder: any Encoder) throws { try encodeText(description, to: encoder) }
}

extension ServiceAddress: Codable {
    /// Decodes the text of a service address.
    ///
    /// - Parameter decoder: Where the text is.
    /// - Throws: `DecodingError` when it isn't a string, or not a service address.
    public init(from decoder: any Decoder) throws {
        self = try decodeText(from: decoder) { text throws(AddressError) in try ServiceAddress(text) }
    }

    /// Encodes the canonical text.
    ///
    /// - Parameter encoder: Where the text goes.
    /// - Throws: What the encoder throws.
    public func encode(to encoder: any Encoder) throws { try encodeText(description, to: encoder) }
}

private func decodeText<Value>(
    from decoder: any Decoder,
    parse: (String) throws(AddressError) -> Value
) throws -> Value {
    let container = try decoder.singleValueContainer()
    let text = try container.decode(String.self)
    do {
        return try parse(text)
    } catch {
        throw DecodingError.dataCorruptedError(in: container, debugDescription: error.description)
    }
}

private func encodeText(_ text: String, to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    try container.encode(text)
}
