import Foundation

/// A JSON value, for the schema and the documents it is held against.
enum PlainJSON: Decodable, Equatable {
    case null, bool(Bool), number(Double), text(String)
    case list([PlainJSON])
    case object([String: PlainJSON])

    init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        if container.decodeNil() {
            self = .null
        } else if let value = try? container.decode(Bool.self) {
            self = .bool(value)
        } else if let value = try? container.decode(Double.self) {
            self = .number(value)
        } else if let value = try? container.decode(String.self) {
            self = .text(value)
        } else if let value = try? container.decode([PlainJSON].self) {
            self = .list(value)
        } else {
            self = .object(try container.decode([String: PlainJSON].self))
        }
    }

    subscript(key: String) -> PlainJSON? {
        guard case .object(let members) = self else { return nil }
        return members[key]
    }

    var texts: [String] {
        switch self {
        case .text(let text): [text]
        case .list(let values): values.flatMap(\.texts)
        case .null, .bool, .number, .object: []
        }
    }

    var keys: Set<String> {
        guard case .object(let members) = self else { return [] }
        return Set(members.keys)
    }
}

/// The part of JSON Schema 2020-12 that our schema uses; an unknown keyword throws.
struct SchemaValidator {
    struct UnknownKeyword: Error { var keyword: String }

    let root: PlainJSON

    func accepts(_ value: PlainJSON) throws -> Bool { try accepts(value, root) }

    private func accepts(_ value: PlainJSON, _ schema: PlainJSON) throws -> Bool {
        if case .bool(let accepts) = schema { return accepts }
        guard case .object(let keywords) = schema else { throw UnknownKeyword(keyword: "\(schema)") }
        for (keyword, rule) in keywords where try !accepts(value, keyword, rule, schema) { return false }
        return true
    }

    private func accepts(_ value: PlainJSON, _ keyword: String, _ rule: PlainJSON, _ schema: PlainJSON) throws -> Bool {
        switch (keyword, rule) {
        case ("$schema", _), ("$id", _), ("$defs", _), ("title", _), ("description", _), ("default", _): return true
        case ("$ref", .text(let name)):
            let part = name.split(separator: "/").last.map(String.init) ?? ""
            guard let target = root["$defs"]?[part] else { throw UnknownKeyword(keyword: name) }
            return try accepts(value, target)
        case ("type", _): return rule.texts.contains { Self.has(value, type: $0) }
        case ("enum", .list(let values)): return values.contains(value)
        case ("not", _): return try !accepts(value, rule)
        case ("anyOf", .list(let schemas)): return try schemas.contains { try accepts(value, $0) }
        default: break
        }
        switch (value, keyword, rule) {
        case (.number(let number), "minimum", .number(let limit)): return number >= limit
        case (.number(let number), "maximum", .number(let limit)): return number <= limit
        case (_, "minimum", .number), (_, "maximum", .number): return true
        case (.text(let text), "pattern", .text(let pattern)):
            return try text.firstMatch(of: Regex(pattern).matchingSemantics(.unicodeScalar)) != nil
        case (.text(let text), "minLength", .number(let limit)): return Double(text.unicodeScalars.count) >= limit
        case (_, "pattern", .text), (_, "minLength", .number): return true
        case (.list(let values), "items", _): return try values.allSatisfy { try accepts($0, rule) }
        case (.list(let values), "minItems", .number(let limit)): return Double(values.count) >= limit
        case (_, "items", _), (_, "minItems", .number): return true
        case (.object(let members), "required", _): return rule.texts.allSatisfy { members[$0] != nil }
        case (.object(let members), "properties", .object(let properties)):
            return try members.allSatisfy { key, value in try properties[key].map { try accepts(value, $0) } ?? true }
        case (.object(let members), "additionalProperties", _):
            let known = schema["properties"]?.keys ?? []
            return try members.allSatisfy { try known.contains($0.key) || accepts($0.value, rule) }
        case (.object(let members), "minProperties", .number(let limit)): return Double(members.count) >= limit
        case (_, "minProperties", .number): return true
        case (_, "required", _), (_, "properties", .object), (_, "additionalProperties", _): return true
        default: throw UnknownKeyword(keyword: keyword)
        }
    }

    private static func has(_ value: PlainJSON, type: String) -> Bool {
        switch (value, type) {
        case (.null, "null"), (.bool, "boolean"), (.number, "number"), (.text, "string"), (.list, "array"),
            (.object, "object"):
            true
        case (.number(let number), "integer"): number.rounded() == number
        default: false
        }
    }
}
