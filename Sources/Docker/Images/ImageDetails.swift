/// The part of `GET /images/NAME/json` that is used.
package struct ImageDetails: Sendable, Equatable {
    /// The id: the digest of its configuration.
    package var id: String
    /// Its names with tags.
    package var repoTags: [String]
    /// Its names with the digests under which registries have it.
    package var repoDigests: [String]
    /// Its labels.
    package var labels: [String: String]
    /// Its stop signal; nil means `SIGTERM`.
    package var stopSignal: String?
    /// Whether it has a health check of its own.
    package var hasHealthCheck: Bool
    /// Its size on disk, in bytes.
    package var size: Int64
}

extension ImageDetails: Decodable {
    package init(from decoder: any Decoder) throws {
        let root = LenientObject(try decoder.container(keyedBy: AnyKey.self))
        let config = root.object("Config")
        let test: [String]? = config?.object("Healthcheck")?.value("Test")
        id = try root.required("Id")
        repoTags = root.value("RepoTags") ?? []
        repoDigests = root.value("RepoDigests") ?? []
        labels = config?.value("Labels") ?? [:]
        stopSignal = config?.text("StopSignal")
        hasHealthCheck = test.map { !$0.isEmpty && $0 != ["NONE"] } ?? false
        size = root.value("Size") ?? 0
    }
}
