import ServiceModel
import TestSupport
import Testing

@Suite struct NotJSONTests {
    /// The predecessor's sample as its users have it.
    static let sample = """
        {
          "port": 80,
          "health_check": "http",
          "environment": {
            "THING": "xyz"
          },
          "nginx:latest"
        }
        """

    private func only(_ text: String) throws -> DefinitionError {
        let report = ServiceDefinition.decode(text.utf8)
        #expect(report.definition == nil)
        #expect(report.errors.count == 1, "\(report.errors)")
        return try #require(report.errors.first)
    }

    @Test func `names the mistake in the predecessor's sample`() throws {
        let error = try only(Self.sample)
        #expect(
            error.description == #"value without a key: "nginx:latest" — did you mean "image": "nginx:latest"?"#
        )
        #expect(error.position?.description == "7:3")
    }

    @Test func `takes the predecessor's sample once corrected`() throws {
        let text = Self.sample.replacing("\"nginx", with: "\"image\": \"nginx")
        let definition = try #require(ServiceDefinition.decode(text.utf8).definition)
        #expect(definition.image == "nginx:latest")
        #expect(definition.healthCheck == HealthCheck(.http(HTTPProbe())))
    }

    @Test(arguments: [
        (#"{"image": "a", "port": 1, "10.0.0.1:80"}"#, #"did you mean "address": "10.0.0.1:80"?"#),
        (#"{"image": "a", "port": 1, "http"}"#, #"did you mean "health_check": "http"?"#),
        (#"{"image": "a", "port": 1, "b c"}"#, "in an object each value has a key"),
        (#"{"image": "a", "port": 1, 7}"#, "in an object each value has a key"),
    ])
    func `guesses at the key that a value lacks`(text: String, guess: String) throws {
        #expect(try only(text).description.contains(guess))
    }

    @Test func `doesn't show a value without a key within the environment`() throws {
        let error = try only(#"{"image": "a", "port": 1, "environment": {"hunter2"}}"#)
        #expect(error.description.hasPrefix("value without a key: a text — "))
    }

    @Test(arguments: [
        ("", "1:1", "an empty document"), ("  \n ", "2:2", "an empty document"), ("[]", "1:1", "an empty list"),
        ("null", "1:1", "null"), ("\"a\"", "1:1", "\"a\""),
        (#"{"image": "a", "port": 1,}"#, "1:25", "a comma before \"}\""),
        ("{\"image\": \"a\"\n \"port\": 1}", "2:2", "\"\\\"\""),
        (#"{"image": "a", "port": 1} x"#, "1:27", "x"),
        (#"{"image": "a", "port": 1"#, "1:25", "the end of the document"),
        (#"{image: "a", "port": 1}"#, "1:2", "image"), (#"{"image": 'a', "port": 1}"#, "1:11", "\"'\""),
        (#"{"image": "a", "port": 080}"#, "1:24", "080"), (#"{"image": "a", "port": +80}"#, "1:24", "+80"),
        (#"{"image": "a", "port": .5}"#, "1:24", ".5"), (#"{"image": "a", "port": 1.}"#, "1:24", "1."),
        (#"{"image": "a", "port": 80px}"#, "1:24", "80px"), (#"{"image": "a", "port": NaN}"#, "1:24", "NaN"),
        (#"{"image": "a", "enabled": True, "port": 1}"#, "1:27", "True"),
        (#"{"image": "a", "port": }"#, "1:24", "\"}\""),
        ("{\"image\": \"a\", // x\n\"port\": 1}", "1:16", "a comment"),
        (#"{"image": "a", "port" = 1}"#, "1:23", "\"=\""),
        ("{\"image\": \"a\n\", \"port\": 1}", "1:13", "the end of the line"),
        ("{\"image\": \"a\", \"port\": 1, \"user\": \"\u{1}\"}", "1:36", "byte 0x1"),
        (#"{"image": "a", "port": 1, "user": "\x"}"#, "1:36", #"\x"#),
        (#"{"image": "a", "port": 1, "user": "\ud800"}"#, "1:36", "half a surrogate pair"),
        (#"{"image": "a", "port": 1, "user": "\ud800\u0041"}"#, "1:36", "half a surrogate pair"),
        (#"{"image": "a", "port": 1, "user": "\udc00"}"#, "1:36", "half a surrogate pair"),
        (#"{"image": "a", "port": 1, "user": "\u12"}"#, "1:36", "\"\\\"\""),
        (#"{"image": "a", "port": 1, "port": 2}"#, "1:27", "it again"),
        (#"{"image": "a", "port": 1, 7: 2}"#, "1:27", "7"), ("\u{e9}", "1:1", "\"é\""),
    ])
    func `tells where a text isn't JSON`(text: String, place: String, found: String) throws {
        let error = try only(text)
        #expect(error.position?.description == place)
        #expect(error.found == found)
    }

    @Test(arguments: [
        "image: nginx\nport: 80\n", "---\nimage: nginx\n", "# web\n\nimage: nginx", "- image: nginx\n",
        "environment:\n  A: b",
        "health-check: http\r\n", "  image: nginx\n",
    ])
    func `says that a YAML file is one, and not how texts are quoted`(text: String) throws {
        let error = try only(text)
        #expect(error.found == "YAML")
        #expect(error.expected == "a JSON object, which begins with \"{\"")
        #expect(error.nextStep?.contains("\"image\"") == true)
    }

    @Test(arguments: ["true", "nginx", "web", "image:nginx", "{image: nginx}", "http://x"])
    func `takes nothing else for YAML`(text: String) {
        let report = ServiceDefinition.decode(text.utf8)
        #expect(report.errors.first.map { $0.found != "YAML" } == true)
    }

    @Test func `counts columns in characters, not bytes`() throws {
        #expect(try only(#"{"comment": "äöü😀", "image": "a", "port": 0}"#).position?.column == 43)
    }

    @Test func `goes on after a mistake with a plain repair`() {
        let text = "{image: \"A\",\n \"port\": 0\n \"weight\": 0,,\n \"nginx\",}"
        let errors = ServiceDefinition.decode(text.utf8).errors
        #expect(errors.map(\.path) == ["", "image", "port", "", "weight", "", "", ""])
    }

    @Test func `passes over a byte order mark`() {
        let bytes = [0xef, 0xbb, 0xbf] + Array(#"{"image": "a", "port": 1}"#.utf8)
        #expect(ServiceDefinition.decode(bytes).definition != nil)
    }

    @Test func `refuses bytes that aren't UTF-8`() {
        for bad: [UInt8] in [[0xff], [0xc0, 0x80], [0xed, 0xa0, 0x80], [0xf5, 0x80, 0x80, 0x80], [0xe2, 0x82]] {
            let bytes = Array(#"{"image": "a", "port": 1, "user": ""#.utf8) + bad + Array("\"}".utf8)
            let report = ServiceDefinition.decode(bytes)
            #expect(report.errors.map(\.found) == ["bytes that aren't"], "\(bad)")
            #expect(ServiceDefinition.decode(bad).definition == nil)
        }
    }

    @Test(arguments: ["[", "{\"a\":", "[[", "{\"a\":["])
    func `refuses deep nesting without running out of stack`(opening: String) {
        let text = "{\"comment\": " + String(repeating: opening, count: 100_000)
        let report = ServiceDefinition.decode(text.utf8)
        #expect(report.errors.first?.expected?.contains("64 deep") == true)
    }

    @Test func `takes nesting up to the limit`() {
        func text(_ depth: Int) -> String {
            let lists = String(repeating: "[", count: depth) + String(repeating: "]", count: depth)
            return "{\"image\": \"a\", \"port\": 1, \"comment\": \(lists)}"
        }
        #expect(ServiceDefinition.decode(text(63).utf8).definition != nil)
        #expect(ServiceDefinition.decode(text(64).utf8).definition == nil)
    }

    @Test func `refuses a document of more than 1 MiB`() {
        let text = "{\"image\": \"a\", \"port\": 1, \"comment\": \"" + String(repeating: "x", count: 1 << 20) + "\"}"
        #expect(ServiceDefinition.decode(text.utf8).errors.first?.expected == "a document of at most 1 MiB")
    }

    @Test(arguments: ["1e999999999", "-1e400", "123456789012345678901234567890", "1e-400", "9223372036854775808", "-0"])
    func `takes numbers of any size without a trap`(number: String) {
        for field in DefinitionKey.allCases {
            let rest = field == .image ? "" : "\"image\": \"a\", "
            let report = ServiceDefinition.decode("{\(rest)\"\(field.rawValue)\": \(number)}".utf8)
            #expect(report.definition == nil)
        }
    }

    @Test(arguments: [
        #"{"image": "web:1", "port": 80, "environment": {"PASSWORD": hunter2}}"#,
        #"{"image": "web:1", "port": 80, "environment": {"PASSWORD": hunter2, "OTHER": hunter3}}"#,
        #"{"image": "web:1", "port": 80, "environment": {"PASSWORD": "x"hunter2"}}"#,
        #"{"image": "web:1", "port": 80, "environment": {"PASSWORD" "hunter2"}}"#,
        #"{"image": "web:1", "port": 80, "environment": {"hunter2"}}"#,
        #"{"image": "web:1", "port": 80, "environment": {hunter2}}"#,
        #"{"image": "web:1", "port": 80, "environment": {hunter2: "x"}}"#,
        #"{"image": "web:1", "port": 80, "environment": {"PASSWORD": 'hunter2'}}"#,
        #"{"image": "web:1", "port": 80, "environment": {"PASSWORD": "a"}hunter2"}}"#,
        #"{"image": "web:1", "port": 80, "environment": {"PASSWORD": "a"} "hunter2"}"#,
        #"{"image": "web:1", "port": 80, "environment": ["PASSWORD=x", hunter2]}"#,
        #"{"image": "web:1", "port": 80, "environment": {"PIN": 0hunter2}}"#,
        #"{"image": "web:1", "port": 80, "environment": {"P": {"file": hunter2}}}"#,
        #"{"image": "web:1", "port": 80, environment: {"PASSWORD": hunter2}}"#,
        #"{"image": "web:1", "port": 80, "enviroment": {"PASSWORD": hunter2}}"#,
    ])
    func `never quotes what is under environment`(text: String) {
        let report = ServiceDefinition.decode(text.utf8)
        #expect(report.definition == nil)
        #expect(!report.errors.isEmpty)
        for finding in report.errors.map(\.description) + report.warnings.map({ "\($0)" }) {
            #expect(!finding.contains("hunter"), "\(finding)")
        }
    }

    @Test func `quotes what is beside environment`() throws {
        let error = try only(#"{"environment": {"PASSWORD": "hunter2"}, "image": "web:1", "port": eighty}"#)
        #expect(error.description.contains("eighty"))
    }
}
