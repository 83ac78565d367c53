import Addresses
import Docker
import Foundation
import ServiceManager
import ServiceModel
import Testing

/// What Docker is asked to create, and where secrets come from.
@Suite struct ContainerSpecTests {
    private func spec(_ fields: String, credentials: String? = nil) throws -> ContainerSpec {
        let text = #"{"image": "web:1", "port": 80, \#(fields)}"#
        let definition = try #require(ServiceDefinition.decode(text.utf8).definition)
        let revision = try Revision("1-abcdef")
        return try ContainerSpec(
            InstanceID(revision: revision, slot: 1, attempt: 2),
            of: try ServiceID("web"),
            AcceptedDefinition(revision: revision, definition: definition, document: [UInt8](text.utf8)),
            credentials: credentials
        )
    }

    private func withFolder(_ files: [String: [UInt8]], _ body: (String) throws -> Void) throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: "credentials-\(UUID())")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        for (name, content) in files { try Data(content).write(to: folder.appending(path: name)) }
        try body(folder.path)
    }

    @Test func `a variable's value comes from a file or a credential, without its last line feed`() throws {
        try withFolder(["key": Array("from a file\n".utf8), "pass": Array("of systemd\n\n".utf8)]) { folder in
            let spec = try spec(
                #""environment": {"A": "b", "F": {"file": "\#(folder)/key"}, "C": {"credential": "pass"}}"#,
                credentials: folder
            )
            #expect(spec.environment == ["A=b", "F=from a file", "C=of systemd\n"])
            let labels = spec.labels.values.joined(separator: " ")
            let document = try #require(
                spec.labels["service-manager.document"].flatMap { Data(base64Encoded: $0) }
            )
            for text in [labels, String(decoding: document, as: UTF8.self)] {
                #expect(!text.contains("from a file"))
                #expect(!text.contains("of systemd"))
            }
        }
    }

    @Test func `a credential that isn't there says how to give it to service-managerd`() throws {
        for credentials in [nil, "/nonexistent"] {
            let error = try #require(
                #expect(throws: Failure.self) {
                    try spec(#""environment": {"A": {"credential": "pass"}}"#, credentials: credentials)
                }
            )
            #expect(error.message.contains("environment.A"))
            #expect(error.message.contains("LoadCredential=pass:"))
            #expect(!error.isTransient)
        }
    }

    @Test(arguments: [[0x61, 0x00, 0x62], [0xff, 0xfe, 0x73]] as [[UInt8]])
    func `a secret that can't be a variable is named, and nothing of it is shown`(content: [UInt8]) throws {
        try withFolder(["pass": content]) { folder in
            let error = try #require(
                #expect(throws: Failure.self) {
                    try spec(#""environment": {"A": {"credential": "pass"}}"#, credentials: folder)
                }
            )
            #expect(error.message.contains("\(folder)/pass"))
            #expect(!error.message.contains("a\0b"))
        }
    }

    @Test func `every field reaches Docker`() throws {
        let spec = try spec(
            #"""
            "command": ["a", "b"], "entrypoint": ["/bin/e"], "user": "33:33", "hostname": "h", "labels": {"team": "web"},
            "volumes": ["/srv/web:/data:ro", "cache:/cache", {"type": "tmpfs", "target": "/scratch"}], "network": "front",
            "memory": "64m", "cpus": 0.5, "pids": 50, "ulimits": {"nofile": {"soft": 100, "hard": 200}},
            "stop_signal": "SIGINT", "stop_timeout": "7s"
            """#
        )
        #expect(spec.command == ["a", "b"])
        #expect(spec.entrypoint == ["/bin/e"])
        #expect(spec.user == "33:33")
        #expect(spec.hostname == "h")
        #expect(spec.labels["team"] == "web")
        #expect(spec.labels["service-manager.service"] == "web")
        #expect(spec.binds == ["/srv/web:/data:ro", "cache:/cache"])
        #expect(spec.tmpfs == ["/scratch": ""])
        #expect(spec.network == "front")
        #expect(spec.memory == 64 << 20)
        #expect(spec.nanoCPUs == 500_000_000)
        #expect(spec.pidsLimit == 50)
        #expect(spec.ulimits == [ContainerSpec.Ulimit(name: "nofile", soft: 100, hard: 200)])
        #expect(spec.stopSignal == "SIGINT")
        #expect(spec.stopTimeout == 7)
    }
}

/// The names that kept images have.
@Suite struct KeptImageTagTests {
    @Test func `an image is kept under its service and revision`() throws {
        let tag = KeptImageTag(try Revision("8-44ab0c1d"), of: try ServiceID("my-service.v2"))
        #expect(tag?.description == "service-manager/my-service.v2:8-44ab0c1d")
    }

    @Test(arguments: ["Web", "a:b", "web--x", ".web", "web-", "web_"])
    func `a name that Docker wouldn't take is left out`(name: String) throws {
        #expect(KeptImageTag(try Revision("1-a"), of: try ServiceID(name)) == nil)
    }
}
