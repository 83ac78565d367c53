import ServiceModel
import Testing

@Suite struct ReferencePageTests {
    private let lines: [String]

    init() throws {
        let text = try DocumentationFile.read("ServiceDefinition.md")
        lines = text.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
    }

    /// The JSON examples below each heading.
    private var examples: [(heading: String, json: String)] {
        var examples: [(heading: String, json: String)] = []
        var heading = ""
        var block: [String]?
        for line in lines {
            if let current = block {
                if line == "```" {
                    examples.append((heading, current.joined(separator: "\n")))
                    block = nil
                } else {
                    block?.append(line)
                }
            } else if line == "```json" {
                block = []
            } else if line.hasPrefix("#") {
                heading = String(line.drop { $0 == "#" || $0 == " " })
            }
        }
        return examples
    }

    /// An example as a whole document: those that show one field lack the image and the port.
    private func document(_ example: String) -> String {
        let missing = [("image", "\"image\": \"web:1\""), ("port", "\"port\": 80")]
            .filter {
                !example.contains("\"\($0.0)\":")
                    || ($0.0 == "port" && example.contains("health_check") && !example.contains("\"image\":"))
            }
            .map(\.1)
        guard !missing.isEmpty, let brace = example.firstIndex(of: "{") else { return example }
        return "{\(missing.joined(separator: ", ")), \(example[example.index(after: brace)...])"
    }

    @Test func `every example is accepted without a warning`() {
        #expect(examples.count >= DefinitionKey.allCases.count)
        for (heading, example) in examples {
            let report = ServiceDefinition.decode(document(example).utf8)
            #expect(report.errors == [] && report.warnings == [], "\(heading): \(example)")
            #expect(report.definition != nil)
        }
    }

    @Test(arguments: DefinitionKey.allCases)
    func `every field has an example and a row`(key: DefinitionKey) {
        #expect(
            examples.contains { $0.heading.contains("`\(key.rawValue)`") && $0.json.contains("\"\(key.rawValue)\":") }
        )
        #expect(lines.contains { $0.hasPrefix("| [`\(key.rawValue)`]") })
    }

    @Test(arguments: HealthCheckKey.allCases)
    func `every field of a health check has an example and a row`(key: HealthCheckKey) {
        #expect(examples.contains { $0.heading == "`health_check`" && $0.json.contains("\"\(key.rawValue)\":") })
        #expect(lines.contains { $0.hasPrefix("| `\(key.rawValue)` |") })
    }

    /// A row's cells.
    private func cells(_ line: String) -> [String] {
        line.split(separator: "|").map { String($0).trimmed }
    }

    @Test func `the defaults in the tables are the decoder's`() throws {
        let sound = try #require(ServiceDefinition.decode(#"{"image": "a", "port": 1}"#.utf8).definition)
        var count = 0
        for line in lines where line.hasPrefix("| ") {
            let cells = cells(line)
            guard cells.count == 4, cells[2].hasPrefix("`"),
                let name = cells[0].split(separator: "`").dropFirst(line.hasPrefix("| [") ? 1 : 0).first
            else { continue }
            let value = cells[2].split(separator: "`").first ?? ""
            let field = "\"\(name)\": \(value)"
            let fields = line.hasPrefix("| [") ? field : "\"health_check\": {\(field)}"
            let report = ServiceDefinition.decode(#"{"image": "a", "port": 1, \#(fields)}"#.utf8)
            let isHTTP = ["path", "status"].contains(name)
            if isHTTP {
                let http = ServiceDefinition.decode(
                    #"{"image": "a", "port": 1, "health_check": {"kind": "http", \#(field)}}"#.utf8
                )
                #expect(http.definition?.healthCheck == HealthCheck(.http(HTTPProbe())), "\(line)")
            } else if name == "health_check" {
                #expect(report.definition?.effectiveHealthCheck.kind == sound.effectiveHealthCheck.kind, "\(line)")
            } else {
                #expect(report.definition == sound, "\(line)")
            }
            count += 1
        }
        #expect(count >= 28)
    }
}

extension String {
    fileprivate var trimmed: String {
        var text = self[...]
        while text.first == " " { text.removeFirst() }
        while text.last == " " { text.removeLast() }
        return String(text)
    }
}
