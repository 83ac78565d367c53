import Docker
import ServiceManager
import Testing

/// An image that can't be pulled: first what that means, then what to do; Docker's words are the evidence.
@Suite struct PullTroubleTests {
    private let image = "registry.example:5000/web:1"

    @Test(arguments: [
        (
            #"Get "https://registry.example:5000/v2/": dial tcp: lookup registry.example on 127.0.0.53:53: no such host"#,
            "can't be resolved", "getent hosts registry.example"
        ),
        (
            #"Get "https://r/v2/": dial tcp: lookup r on 127.0.0.53:53: read udp 127.0.0.1:51164->127.0.0.53:53: i/o timeout"#,
            "can't be resolved", "getent hosts"
        ),
        (#"Get "http://r/v2/": dial tcp 10.0.0.1:5000: connect: connection refused"#, "nothing listens", "port"),
        ("net/http: TLS handshake timeout", "wasn't reached", "network"),
        ("context deadline exceeded (Client.Timeout exceeded while awaiting headers)", "wasn't reached", "network"),
        ("http: server gave HTTP response to HTTPS client", "speaks plain HTTP", "insecure-registries"),
        (
            "x509: certificate signed by unknown authority", "isn't trusted",
            "/etc/docker/certs.d/registry.example:5000/ca.crt"
        ),
        ("write /var/lib/docker/tmp/x: no space left on device", "no space left", "docker system df"),
        ("manifest for web:1 not found: manifest unknown: manifest unknown", "there is no such image", "name and tag"),
        ("no matching manifest for linux/arm64/v8 in the manifest list entries", "architecture", "build"),
        ("toomanyrequests: You have reached your pull rate limit", "too many pulls", "log in"),
        ("received unexpected HTTP status: 503 Service Unavailable", "an error of its own", "log"),
    ])
    func `the words of Docker have a meaning`(evidence: String, meaning: String, next: String) throws {
        for error in [
            DockerError.api(status: 500, message: evidence, call: "POST /images/create"), .stream(reason: evidence),
        ] {
            let trouble = try #require(PullTrouble(error, of: image))
            #expect(trouble.meaning.contains(meaning))
            #expect(trouble.next.contains(next))
        }
    }

    @Test func `a registry is called as people call it`() throws {
        let names = [
            "web": "docker.io", "library/web:1": "docker.io", "localhost/web": "localhost", "r.io/web": "r.io",
        ]
        for (image, registry) in names {
            #expect(
                try #require(PullTrouble("connection refused", of: image)).meaning.hasSuffix("registry \(registry)")
            )
        }
    }

    @Test func `words that aren't known, and what is no answer on the image, have none`() {
        #expect(PullTrouble("something else", of: image) == nil)
        #expect(PullTrouble(DockerError.unreachable(socket: "/run/docker.sock", reason: "timeout"), of: image) == nil)
    }
}
