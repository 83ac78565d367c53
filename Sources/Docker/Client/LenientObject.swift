/// A JSON object without guarantees: members that are missing, null or of another type are read as nil.
struct LenientObject {
    private let container: KeyedDecodingContainer<AnyKey>

    init(_ container: KeyedDecodingContainer<AnyKey>) {
        self.container = container
    }

    /// A member that must be present.
    func required(_ name: String) throws -> String {
        try container.decode(String.self, forKey: AnyKey(name))
    }

    func value<Value: Decodable>(_ name: String) -> Value? {
        (try? container.decodeIfPresent(Value.self, forKey: AnyKey(name))) ?? nil
    }

    func string(_ name: String) -> String? {
        value(name)
    }

    /// A string; also nil if it's empty, which is the engine's notation for "none".
    func text(_ name: String) -> String? {
        string(name).flatMap { $0.isEmpty ? nil : $0 }
    }

    /// A time; also nil for the year 1, which is the engine's notation for "never".
    func time(_ name: String) -> String? {
        text(name).flatMap { $0.hasPrefix("0001-") ? nil : $0 }
    }

    func object(_ name: String) -> LenientObject? {
        (try? container.nestedContainer(keyedBy: AnyKey.self, forKey: AnyKey(name))).map { LenientObject($0) }
    }

    /// An object whose members are objects, by name; nil members are left out.
    func objects(_ name: String) -> [String: LenientObject]? {
        guard let nested = try? container.nestedContainer(keyedBy: AnyKey.self, forKey: AnyKey(name)) else {
            return nil
        }
        let members = LenientObject(nested)
        var result: [String: LenientObject] = [:]
        for key in nested.allKeys {
            result[key.stringValue] = members.object(key.stringValue)
        }
        return result
    }
}

/// A key with any text.
struct AnyKey: CodingKey {
    let stringValue: String

    init(_ name: String) {
        stringValue = name
    }

    init?(stringValue: String) {
        self.init(stringValue)
    }

    init?(intValue: Int) {
        nil
    }

    var intValue: Int? { nil }
}
