/// An image reference, taken apart: `[domain[:port]/]path[:tag][@digest]` (github.com/distribution/reference).
///
/// Nothing is checked; whether a text is one that an engine accepts is the definition's to say.
package struct ImageReference: Hashable, Sendable {
    /// The registry's host, with its port; nil where the name has none, and Docker's own is meant.
    package let domain: Substring?

    /// The repository's path within its registry.
    package let path: Substring

    /// The tag; nil when there is none.
    package let tag: Substring?

    /// The digest, such as `sha256:…`; nil when there is none.
    package let digest: Substring?

    /// Domain and path: `registry.example.org:5000/team/app`.
    package let name: String

    /// The host of Docker's own registry.
    package static let hub = "docker.io"

    /// Takes a reference apart.
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

    /// The registry that has it.
    package var registry: String { domain.map(String.init) ?? Self.hub }

    /// What `POST /images/create` wants beside the name, or else the engine pulls every tag that there is: the digest, or the
    /// tag, which says nothing beside a digest.
    package var version: String {
        digest.map(String.init) ?? tag.flatMap { $0.isEmpty ? nil : String($0) } ?? "latest"
    }

    /// The name as the engine lists it: without what stands for Docker's own registry.
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
