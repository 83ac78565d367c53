/// The parts of an image reference: `[domain[:port]/]path[:tag][@digest]` (github.com/distribution/reference).
///
/// Nothing is checked here. Decoding a definition checks whether an engine accepts the reference.
package struct ImageReference: Hashable, Sendable {
    /// The registry's host, with its port; nil when the name has none, which means Docker Hub.
    package let domain: Substring?

    /// The repository's path within its registry.
    package let path: Substring

    /// The tag; nil when there is none.
    package let tag: Substring?

    /// The digest, such as `sha256:…`; nil when there is none.
    package let digest: Substring?

    /// Domain and path: `registry.example.org:5000/team/app`.
    package let name: String

    /// The host of Docker Hub.
    package static let hub = "docker.io"

    /// Splits a reference.
    package init(_ reference: String) {
        var rest = reference[...]
        digest = Self.split(&rest, at: rest.firstIndex(of: "@"))
        tag = Self.split(&rest, at: rest[(rest.lastIndex(of: "/") ?? rest.startIndex)...].lastIndex(of: ":"))
        name = String(rest)
        if let slash = rest.firstIndex(of: "/"), Self.isDomain(rest[..<slash]) {
            domain = rest[..<slash]
            path = rest[rest.index(after: slash)...]
        } else {
            domain = nil
            path = rest
        }
    }

    private static func split(_ text: inout Substring, at index: Substring.Index?) -> Substring? {
        guard let index else { return nil }
        defer { text = text[..<index] }
        return text[text.index(after: index)...]
    }

    /// A first component is a domain if it has a dot, a port or upper case, or is `localhost`.
    private static func isDomain(_ text: Substring) -> Bool {
        text == "localhost" || text.contains { $0 == "." || $0 == ":" || $0.isUppercase }
    }

    /// The image's registry.
    package var registry: String { domain.map(String.init) ?? Self.hub }

    /// The tag or digest for `POST /images/create`, without which the engine pulls every tag: the digest, if there is one,
    /// otherwise the tag.
    package var version: String {
        digest.map(String.init) ?? tag.flatMap { $0.isEmpty ? nil : String($0) } ?? "latest"
    }

    /// The name as the engine lists it: without the parts that stand for Docker Hub.
    package var familiarName: String {
        var name = name[...]
        for prefix in ["index.docker.io/", "docker.io/", "library/"] where name.hasPrefix(prefix) {
            name = name.dropFirst(prefix.count)
        }
        return String(name)
    }

    /// The whole reference as the engine lists it among an image's tags or digests.
    package var familiar: String { familiarName + (version.contains(":") ? "@" : ":") + version }
}
