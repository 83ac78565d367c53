import Addresses
import Docker
import Foundation
import ServiceManager
import ServiceModel
import Testing

/// What Docker is asked to create, and where secrets come from.
@Suite struct ContainerSpecTests {
    private func spec(_ fields: String, credentials: String? = nil, hostName: String? = nil) throws -> ContainerSpec {
        let text = #"{"image": "web:1", "port": 80, \#(fields)}"#
        let definition = try #require(ServiceDefinition.decode(text.utf8).definition)
        let revision = try Revision("1-abcdef")
        return try ContainerSpec(
            InstanceID(revision: revision, slot: 1, attempt: 2),
            of: try ServiceID("web"),
            AcceptedDefinition(revision: revision, definition: definition, document: [UInt8](text.utf8)),
            credentials: credentials,
            hostName: hostName
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

    @Test func `a file that is a pipe, a device or too large is named, and nobody waits for it`() throws {
        try withFolder(["large": [UInt8](repeating: 65, count: (128 << 10) + 1)]) { folder in
            try #require(mkfifo(folder + "/pipe", 0o600) == 0)
            for (path, finding) in [
                ("\(folder)/pipe", "expected a regular file, found a pipe"),
                ("/dev/zero", "expected a regular file, found a device"),
                ("\(folder)/large", "expected at most 131072 bytes, found more"),
            ] {
                let error = try #require(
                    #expect(throws: Failure.self) { try spec(#""environment": {"A": {"file": "\#(path)"}}"#) }
                )
                #expect(error.message == "environment.A: \(path): \(finding)")
            }
            let error = try #require(
                #expect(throws: Failure.self) { try spec(#""environment": {"A": {"file": "\#(folder)/none"}}"#) }
            )
            #expect(error.message.contains("check that it exists"))
            #expect(error.message.hasSuffix("(No such file or directory)"))
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
        #expect(spec.mounts == [] && spec.anonymousVolumes == [])
        #expect(spec.network == "front")
        #expect(spec.memory == 64 << 20)
        #expect(spec.nanoCPUs == 500_000_000)
        #expect(spec.pidsLimit == 50)
        #expect(spec.ulimits == [ContainerSpec.Ulimit(name: "nofile", soft: 100, hard: 200)])
        #expect(spec.stopSignal == "SIGINT")
        #expect(spec.stopTimeout == 7)
    }
}

/// What the predecessor's users find in a container, and what they may write for its volumes.
extension ContainerSpecTests {
    @Test func `a container has the predecessor's label and variable, and the document's own win`() throws {
        let plain = try spec(#""environment": {"A": "b"}"#, hostName: "edge1")
        #expect(plain.labels["service_name"] == "web")
        #expect(plain.environment == ["A=b", "SYSTEM_HOSTNAME=edge1"])
        let own = try spec(
            #""environment": {"SYSTEM_HOSTNAME": "mine"}, "labels": {"service_name": "theirs"}"#,
            hostName: "edge1"
        )
        #expect(own.labels["service_name"] == "theirs" && own.labels["service-manager.service"] == "web")
        #expect(own.environment == ["SYSTEM_HOSTNAME=mine"])
    }

    @Test func `values of variables reach Docker byte for byte`() throws {
        let spec = try spec(#""environment": {"A": " two\nlines \\n\t\u00e9 ", "B": null, "C": 1.50}"#)
        #expect(spec.environment == ["A= two\nlines \\n\té ", "B=", "C=1.50"])
    }

    @Test func `volumes are handed to Docker as docker run does`() throws {
        let spec = try spec(
            #"""
            "volumes": ["/srv/data:/data:z,ro", "/srv/data:/more:rslave", "named:/named:nocopy", "/scratch",
            {"source": "/srv/10:00", "target": "/a", "read_only": true}, {"source": "cache", "target": "/b:c"}]
            """#
        )
        #expect(spec.binds == ["/srv/data:/data:ro,z", "/srv/data:/more:rslave", "named:/named:nocopy"])
        #expect(spec.anonymousVolumes == ["/scratch"])
        #expect(
            spec.mounts == [
                ContainerSpec.Mount(source: .bind("/srv/10:00"), target: "/a", isReadOnly: true),
                ContainerSpec.Mount(source: .volume("cache"), target: "/b:c", isReadOnly: false),
            ]
        )
        let json = String(decoding: try JSONEncoder().encode(spec), as: UTF8.self).replacing("\\/", with: "/")
        let encoded = try #require(JSONSerialization.jsonObject(with: Data(json.utf8)) as? [String: Any])
        #expect(encoded["Volumes"] as? [String: [String: String]] == ["/scratch": [:]])
        let mounts = (encoded["HostConfig"] as? [String: Any])?["Mounts"] as? [[String: Any]]
        #expect(mounts?.first?["Source"] as? String == "/srv/10:00")
        #expect(mounts?.first?["Type"] as? String == "bind" && mounts?.last?["Type"] as? String == "volume")
        #expect(mounts?.first?["ReadOnly"] as? Bool == true)
    }
}

/// The names that kept images have.
@Suite struct KeptImageTagTests {
    @Test func `an image is kept under its service and revision`() throws {
        let tag = KeptImageTag(try Revision("8-44ab0c1d"), of: try ServiceID("my-service.v2"))
        #expect(tag?.description == "service-manager/my-service.v2:8-44ab0c1d")
    }

    @Test(arguments: ["Web", "a:b", "web-.x", ".web", "web-", "web_"])
    func `a name that Docker wouldn't take is left out`(name: String) throws {
        #expect(KeptImageTag(try Revision("1-a"), of: try ServiceID(name)) == nil)
    }
}
