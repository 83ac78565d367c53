/// A JSON object of which nothing is taken for granted: what is missing, null or of another type reads as nil.
struct LenientObject {
    private let container: KeyedDecodingContainer<AnyKey>

    init(_ container: KeyedDecodingContainer<AnyKey>) {
        self.container = container
    }

    /// A member without which the object is worth nothing.
    func required(_ name: String) throws -> String {
        try container.decode(String.self, forKey: AnyKey(name))
    }

    func value<Value: Decodable>(_ name: String) -> Value? {
        (try? container.decodeIfPresent(Value.self, forKey: AnyKey(name))) ?? nil
    }

    func string(_ name: String) -> String? {
        value(name)
    }

    /// A string; nil also if it's empty, which is how the engine writes "none".
    func text(_ name: String) -> String? {
        string(name).flatMap { $0.isEmpty ? nil : $0 }
    }

    /// A moment; nil also for the year 1, which is how the engine writes "never".
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

/// A key known only as text.
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
