package import Docker
import ImageReferences

/// What it means that an image can't be pulled, in a sentence, and what to do about it.
///
/// Docker passes on the words of its HTTP client, its resolver and the registry; they follow as the evidence.
package struct PullTrouble: Equatable, Sendable {
    /// What is wrong.
    package let meaning: String
    /// What to look at, or to change.
    package let next: String

    /// Nil when the words are none that are known.
    ///
    /// - Parameters:
    ///   - evidence: Docker's words.
    ///   - image: What was to be pulled.
    package init?(_ evidence: String, of image: String) {
        let registry = ImageReference(image).registry
        let text = evidence.lowercased()
        func has(_ words: String...) -> Bool { words.contains { text.contains($0) } }
        if has("lookup ") {
            meaning = "the name of the registry \(registry) can't be resolved"
            next = "getent hosts \(Self.host(of: registry)) shows whether this host's name servers answer and know it"
        } else if has("connection refused") {
            meaning = "nothing listens at the registry \(registry)"
            next = "look whether it runs, and whether its port is right"
        } else if has("http response to https client") {
            meaning = "the registry \(registry) speaks plain HTTP, and Docker expects TLS"
            next = "name it in \"insecure-registries\" of /etc/docker/daemon.json, or give it a certificate"
        } else if has("x509:", "certificate") {
            meaning = "the certificate of the registry \(registry) isn't trusted"
            next = "put its authority into /etc/docker/certs.d/\(registry)/ca.crt"
        } else if has("timeout", "deadline exceeded", "no route to host", "network is unreachable", "connection reset")
        {
            meaning = "the registry \(registry) wasn't reached, or didn't answer in time"
            next = "look at the network between this host and it, and at the proxy that dockerd is to use"
        } else if has("no space left on device") {
            meaning = "there is no space left for it on this host"
            next = "docker system df shows what takes the space"
        } else if has("no matching manifest") {
            meaning = "the registry \(registry) has it, but not for this host's architecture"
            next = "build and push it for that as well"
        } else if has("not found", "manifest unknown", "name unknown") {
            meaning = "there is no such image in the registry \(registry)"
            next = "check its name and tag for mistakes, or push it"
        } else if has("toomanyrequests", "too many requests") {
            meaning = "the registry \(registry) has had too many pulls from here"
            next = "wait, or log in"
        } else if has("unexpected http status: 5", "unexpected status from", "internal server error") {
            meaning = "the registry \(registry) answered with an error of its own"
            next = "look at its log"
        } else {
            return nil
        }
    }

    /// Nil when it was no answer on the image, or one that isn't known.
    ///
    /// - Parameters:
    ///   - error: What the engine answered.
    ///   - image: What was to be pulled.
    package init?(_ error: DockerError, of image: String) {
        guard let evidence = Self.evidence(error) else { return nil }
        self.init(evidence, of: image)
    }

    /// The words that came from behind the engine.
    static func evidence(_ error: DockerError) -> String? {
        switch error {
        case .api(_, let message, _): message
        case .stream(let reason): reason
        case .unreachable, .timedOut, .undecodable, .unsupportedVersion, .otherEngine, .stopped, .cancelled: nil
        }
    }

    private static func host(of registry: String) -> String {
        registry.split(separator: ":").first.map(String.init) ?? registry
    }
}
