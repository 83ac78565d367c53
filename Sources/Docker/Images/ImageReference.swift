/// An image's name as `POST /images/create` wants it: without a tag the engine would pull all that there are.
struct ImageReference: Equatable {
    /// With the registry, if it's not Docker's own: `registry.example.org:5000/team/app`.
    let name: String

    /// A tag or a digest.
    let tag: String

    /// Takes `NAME`, `NAME:TAG`, `NAME@DIGEST` or `NAME:TAG@DIGEST` apart; a tag beside a digest says nothing.
    init(_ reference: String) {
        let atDigest = reference.split(separator: "@", maxSplits: 1, omittingEmptySubsequences: false)
        let beforeDigest = atDigest[0]
        let lastSlash = beforeDigest.lastIndex(of: "/") ?? beforeDigest.startIndex
        let colon = beforeDigest[lastSlash...].lastIndex(of: ":")
        name = String(colon.map { beforeDigest[..<$0] } ?? beforeDigest)
        let namedTag = colon.map { beforeDigest[beforeDigest.index(after: $0)...] } ?? ""
        tag = atDigest.count == 2 ? String(atDigest[1]) : namedTag.isEmpty ? "latest" : String(namedTag)
    }
}
