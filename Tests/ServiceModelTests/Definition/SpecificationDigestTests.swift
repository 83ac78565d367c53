import Addresses
import ServiceModel
import Testing

@Suite struct SpecificationDigestTests {
    private func digest(_ fields: String) throws -> [UInt8] {
        let report = ServiceDefinition.decode(
            "{\"image\": \"a\", \"port\": 1\(fields.isEmpty ? "" : ", ")\(fields)}".utf8
        )
        return try #require(report.definition, "\(report.errors)").specificationDigestInput
    }

    /// A field that counts, and two values of it that differ.
    static let counting = [
        (#""health_check": "http""#, #""health_check": "docker""#),
        (#""health_check": {"path": "/a"}"#, #""health_check": {"path": "/b"}"#),
        (#""health_check": {"kind": "tcp", "rise": 1}"#, #""health_check": {"kind": "tcp", "rise": 2}"#),
        ("", #""health_check": "tcp""#), (#""health_check": "http""#, #""health_check": "up""#),
        (#""health_check": {"json": {"a": "1"}}"#, #""health_check": {"json": {"a": 1}}"#),
        (#""volumes": ["/a:/b"]"#, #""volumes": ["/a:/b:z"]"#), (#""volumes": ["/a"]"#, #""volumes": ["/b"]"#),
        (#""environment": {"A": "1"}"#, #""environment": {"A": "2"}"#),
        (#""environment": {"A": "/b"}"#, #""environment": {"A": {"file": "/b"}}"#),
        (#""environment": {"A": {"file": "/b"}}"#, #""environment": {"A": {"credential": "b"}}"#),
        (#""environment": {"A": "1", "B": "2"}"#, #""environment": {"A": "1\n4:text2:B1:2"}"#),
        (#""volumes": ["/a:/b"]"#, #""volumes": ["/a:/b:ro"]"#), (#""command": ["a", "b"]"#, #""command": ["a b"]"#),
        (#""command": ["a"]"#, #""entrypoint": ["a"]"#), (#""user": 1"#, #""user": 2"#), (#""network": "a""#, ""),
        (#""labels": {"a": 1}"#, #""labels": {"a": 2}"#), (#""hostname": "a""#, #""hostname": "b""#),
        (#""memory": "512m""#, #""memory": "513m""#), (#""cpus": 1"#, #""cpus": 1.5"#), (#""pids": 1"#, #""pids": 2"#),
        (#""ulimits": {"core": 0}"#, #""ulimits": {"core": -1}"#),
        (#""stop_signal": "QUIT""#, #""stop_signal": "INT""#),
    ]

    @Test(arguments: counting)
    func `differs where the container or its checks differ`(one: String, other: String) throws {
        #expect(try digest(one) != digest(other))
    }

    @Test(arguments: [
        ("", #""replicas": 3, "parallelism": 2, "order": "stop-first", "weight": 7, "comment": "x", "_rev": "1-1""#),
        ("", #""drain_timeout": 1, "stop_timeout": 1, "scheduler": "rr", "address": "10.0.0.1:80", "roll": "spec""#),
        ("", #""health_check": {"kind": "http", "interval": "5s", "fall": 3}"#),
        ("", #""health_check": "http""#),
        (#""health_check": "up""#, #""health_check": {"json": {"status": "up"}}"#),
        (#""volumes": ["/a:/b:z,ro"]"#, #""volumes": ["/a:/b:ro,z"]"#),
        (#""environment": {"A": "1", "B": "2"}"#, #""environment": ["B=2", "A=1"]"#),
        (#""volumes": ["/a:/b", "/c:/d"]"#, #""volumes": {"/c": "/d", "/a": "/b"}"#),
        (#""memory": "512m""#, #""memory": 536870912"#),
    ])
    func `is the same where they don't`(one: String, other: String) throws {
        #expect(try digest(one) == digest(other))
    }

    @Test func `has golden bytes, which no new default may change`() throws {
        let bytes = try digest(#""health_check": "http", "environment": {"THING": "xyz"}, "volumes": ["/a:/b:ro"]"#)
        let golden = """
            version 1
            1:1
            image 1
            1:a
            port 1
            1:1
            health_check 2
            4:http
            1:/
            environment 3
            5:THING
            4:text
            3:xyz
            volumes 4
            2:/b
            2:ro
            4:bind
            2:/a

            """
        #expect(String(decoding: bytes, as: UTF8.self) == golden)
    }
}
