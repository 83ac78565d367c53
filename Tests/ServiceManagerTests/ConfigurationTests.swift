import FoundationEssentials
import Logging
import ServiceManager
import ServiceModel
import Testing

/// The configuration's file, and the environment over it.
@Suite struct ConfigurationTests {
    private func withFile<Result>(_ text: String, _ body: (String) throws -> Result) throws -> Result {
        let file = FileManager.default.temporaryDirectory.appending(path: "config-\(UInt64.random(in: 0 ... .max))")
        try Data(text.utf8).write(to: file)
        defer { try? FileManager.default.removeItem(at: file) }
        return try body(file.path)
    }

    @Test func `each setting of the file ends where it belongs`() throws {
        let text = """
            {"docker_socket": "/a", "services_directory": "/b", "state_directory": "/c", "run_directory": "/d",
             "generated_directory": "/e", "couchdb_url": "http://f/f", "couchdb_credentials_file": "/g",
             "couchdb_ca_file": "/h", "status_database_url": "http://i/i", "status_database_credentials_file": "/j",
             "status_database_ca_file": "/k", "docker_config": "/l", "host_name": "m", "concurrent_starts": 321,
             "log_level": "debug", "units": "none", "ipvs_timeouts": {"tcp": "2h", "tcp_fin": "1m", "udp": "90s"},
             "policy": {"images": ["registry.example.org/team/"], "mounts": []}}
            """
        let found = try withFile(text) { try Configuration(file: $0, environment: [:]) }
        var expected = Configuration()
        expected.dockerSocket = "/a"
        expected.servicesDirectory = "/b"
        expected.stateDirectory = "/c"
        expected.runDirectory = "/d"
        expected.generatedDirectory = "/e"
        expected.couchDBURL = "http://f/f"
        expected.couchDBCredentialsFile = "/g"
        expected.couchDBCAFile = "/h"
        expected.statusDatabaseURL = "http://i/i"
        expected.statusDatabaseCredentialsFile = "/j"
        expected.statusDatabaseCAFile = "/k"
        expected.dockerConfig = "/l"
        expected.hostName = "m"
        expected.policy.allowed[.images] = ["registry.example.org/team/"]
        expected.policy.allowed[.mounts] = []
        expected.concurrentStarts = 321
        expected.logLevel = .debug
        expected.units = .none
        expected.ipvsTimeouts = IPVSTimeouts(tcp: .seconds(7200), tcpFinish: .seconds(60), udp: .seconds(90))
        #expect(found == expected)
        // All of them are above, but the folder of the credentials, which only systemd names.
        let same = zip(Mirror(reflecting: found).children, Mirror(reflecting: Configuration()).children)
            .filter { "\($0.value)" == "\($1.value)" }
        #expect(same.map(\.0.label) == ["unknownKeys", "credentialsDirectory"])
    }

    @Test func `the environment wins over the file, and what is empty there is nothing`() throws {
        let text = """
            {"docker_socket": "/a", "state_directory": "/c", "couchdb_url": "http://f/f",
             "status_database_url": "http://i/i", "concurrent_starts": 3}
            """
        let names = [
            "COUCHDB_URL", "STATUS_DATABASE_URL", "DOCKER_SOCKET", "STATE_DIRECTORY", "CREDENTIALS_DIRECTORY",
            "CONCURRENT_STARTS",
        ]
        let (plain, same, other) = try withFile(text) { file in
            (
                try Configuration(file: file, environment: [:]),
                try Configuration(file: file, environment: Dictionary(uniqueKeysWithValues: names.map { ($0, "") })),
                try Configuration(file: file, environment: Dictionary(uniqueKeysWithValues: names.map { ($0, "7") }))
            )
        }
        #expect(same == plain)
        var expected = plain
        expected.couchDBURL = "7"
        expected.statusDatabaseURL = "7"
        expected.dockerSocket = "7"
        expected.stateDirectory = "7"
        expected.credentialsDirectory = "7"
        expected.concurrentStarts = 7
        #expect(other == expected)
    }

    @Test func `without a file all is as it is by default`() throws {
        #expect(try Configuration(file: "/nonexistent/config.json", environment: [:]) == Configuration())
    }

    @Test func `a key that is no setting is told of, and the rest holds`() throws {
        let found = try withFile(#"{"polcy": {}, "host_name": "m", "comment": "mine"}"#) {
            try Configuration(file: $0, environment: [:])
        }
        #expect(found.unknownKeys == ["comment", "polcy"])
        #expect(found.hostName == "m")
    }

    @Test(arguments: [
        (#"{"units": "upstart"}"#, #": units: expected "systemd" or "none", found "upstart""#),
        (
            #"{"log_level": "verbose"}"#,
            #": log_level: expected one of debug, info, notice, warning, error, found "verbose""#
        ),
        (#"{"concurrent_starts": 0}"#, ": concurrent_starts: expected a number from 1 to 1000, found 0"),
        (
            #"{"ipvs_timeouts": {"tcp": "0s"}}"#,
            #": ipvs_timeouts.tcp: expected a duration from "1s" to "24d", found "0s""#
        ),
        (
            #"{"policy": {"image": ["a/"]}}"#,
            #": policy: expected rules of credentials, files, images, mounts, networks, units, users, found "image""#
        ),
        (#"{"policy": {"mounts": ["srv"]}}"#, #": policy.mounts: expected absolute paths without "..", found "srv""#),
        (
            #"{"policy": {"files": ["/a/../b"]}}"#,
            #": policy.files: expected absolute paths without "..", found "/a/../b""#
        ),
        (#"{"policy": {"networks": ["web*"]}}"#, #": policy.networks: expected names, without patterns, found "web*""#),
        (
            #"{"policy": {"images": ["web:1"]}}"#,
            #": policy.images: expected repositories without a tag, such as "registry.example.org/team/web", "#
        ),
        (#"{"policy": "strict"}"#, " is not a JSON object of settings: "),
        (#"{"docker_socket": 7}"#, " is not a JSON object of settings: "), ("[", " is not a JSON object of settings: "),
    ])
    func `what can't be understood is said, with the file`(text: String, message: String) throws {
        try withFile(text) { file in
            let error = try #require(
                #expect(throws: ConfigurationError.self) { try Configuration(file: file, environment: [:]) }
            )
            #expect(error.message.hasPrefix(file + message), "\(error)")
        }
    }

    @Test func `a number in the environment that makes no sense is said, with its name`() throws {
        let error = try #require(
            #expect(throws: ConfigurationError.self) {
                try Configuration(file: "/nonexistent/config.json", environment: ["CONCURRENT_STARTS": "many"])
            }
        )
        #expect(error.message == "CONCURRENT_STARTS: expected a number from 1 to 1000, found \"many\"")
    }
}
