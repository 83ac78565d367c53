import Foundation
import ServiceModel
import Testing

/// The repository's files that describe definitions.
enum DocumentationFile {
    static func read(_ name: String, testFile: String = #filePath) throws -> String {
        var root = URL(fileURLWithPath: testFile)
        for _ in 0..<4 { root.deleteLastPathComponent() }
        return try String(contentsOf: root.appending(path: "Docs/\(name)"), encoding: .utf8)
    }
}

@Suite struct SchemaTests {
    private let validator: SchemaValidator

    init() throws {
        let text = try DocumentationFile.read("service-definition.schema.json")
        validator = SchemaValidator(root: try JSONDecoder().decode(PlainJSON.self, from: Data(text.utf8)))
    }

    private func accepts(_ text: String) throws -> Bool {
        try validator.accepts(JSONDecoder().decode(PlainJSON.self, from: Data(text.utf8)))
    }

    @Test(arguments: GoodDocument.all)
    func `accepts what the decoder accepts`(document: GoodDocument) throws {
        #expect(try accepts(document.text))
    }

    @Test(arguments: BadDocument.all.filter { !$0.text.contains("e400") })
    func `refuses what the decoder refuses, as far as a schema can tell`(document: BadDocument) throws {
        #expect(try accepts(document.text) == !document.isInSchema)
    }

    @Test(arguments: [#"{}"#, #"{"image": "a"}"#, #"{"port": 1}"#, "[]", "null", "1"])
    func `asks for an object with an image and a port`(text: String) throws {
        #expect(try !accepts(text))
        #expect(ServiceDefinition.decode(text.utf8).definition == nil)
    }

    @Test func `accepts the document that has every field`() throws {
        #expect(try accepts(MutationTests.whole))
    }

    @Test func `has the decoder's fields, choices and defaults`() throws {
        let properties = try #require(validator.root["properties"])
        #expect(properties.keys == Set(DefinitionKey.allCases.map(\.rawValue)).union(["comment"]))
        guard case .list(let forms)? = properties["health_check"]?["anyOf"], let object = forms.last else {
            Issue.record("health_check has no forms")
            return
        }
        #expect(object["properties"]?.keys == Set(HealthCheckKey.allCases.map(\.rawValue)))
        #expect(properties["scheduler"]?["enum"]?.texts == ServiceDefinition.schedulers)
        let sound = try #require(ServiceDefinition.decode(#"{"image": "a", "port": 1}"#.utf8).definition)
        for key in properties.keys {
            guard let value = properties[key]?["default"] else { continue }
            let json =
                switch value {
                case .text(let text): "\"\(text)\""
                case .number(let number): "\(Int(number))"
                case .bool(let flag): "\(flag)"
                case .null, .list, .object: "null"
                }
            var definition = ServiceDefinition.decode(#"{"image": "a", "port": 1, "\#(key)": \#(json)}"#.utf8)
                .definition
            // What is left out may also be decided by the addresses.
            definition?.healthCheck.isKindImplied = true
            #expect(definition == sound, "\(key)")
        }
    }
}
