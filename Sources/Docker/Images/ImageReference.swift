/// An image's name as `POST /images/create` wants it: without a tag the engine would pull all that there are.
package struct ImageReference: Equatable, Sendable {
    /// With the registry, if it's not Docker's own: `registry.example.org:5000/team/app`.
    package let name: String

    /// A tag or a digest.
    package let tag: String

    /// Takes `NAME`, `NAME:TAG`, `NAME@DIGEST` or `NAME:TAG@DIGEST` apart; a tag beside a digest says nothing.
    package init(_ reference: String) {
        let atDigest = reference.split(separator: "@", maxSplits: 1, omittingEmptySubsequences: false)
        let beforeDigest = atDigest[0]
        let lastSlash = beforeDigest.lastIndex(of: "/") ?? beforeDigest.startIndex
        let colon = beforeDigest[lastSlash...].lastIndex(of: ":")
        name = String(colon.map { beforeDigest[..<$0] } ?? beforeDigest)
        let namedTag = colon.map { beforeDigest[beforeDigest.index(after: $0)...] } ?? ""
        tag = atDigest.count == 2 ? String(atDigest[1]) : namedTag.isEmpty ? "latest" : String(namedTag)
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
    package var familiar: String { familiarName + (tag.contains(":") ? "@" : ":") + tag }
}
