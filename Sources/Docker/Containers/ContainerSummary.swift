/// One container in the answer to `GET /containers/json`.
package struct ContainerSummary: Sendable, Equatable {
    /// The full id, 64 hexadecimal digits.
    package var id: String
    /// Its names, without the engine's leading slash.
    package var names: [String]
    /// The name of the image that it was created from.
    package var image: String
    /// The id of that image.
    package var imageID: String
    /// `created`, `running`, `paused`, `restarting`, `removing`, `exited` or `dead`.
    package var state: String
    /// The same in prose: `Up 5 minutes`.
    package var status: String
    /// Its labels, and those of its image.
    package var labels: [String: String]
    /// When it was created, in seconds since 1970.
    package var created: Int64
    /// Its networks by name, without addresses unless it runs.
    package var networks: [String: ContainerDetails.Network]
    /// `bridge`, `host`, `none`, or a network's name; `default` stands for `bridge`.
    package var networkMode: String
}

extension ContainerSummary: Decodable {
    package init(from decoder: any Decoder) throws {
        let root = LenientObject(try decoder.container(keyedBy: AnyKey.self))
        id = try root.required("Id")
        let rootNames: [String] = root.value("Names") ?? []
        names = rootNames.map { $0.hasPrefix("/") ? String($0.dropFirst()) : $0 }
        image = root.string("Image") ?? ""
        imageID = root.string("ImageID") ?? ""
        state = root.string("State") ?? ""
        status = root.string("Status") ?? ""
        labels = root.value("Labels") ?? [:]
        created = root.value("Created") ?? 0
        networks = (root.object("NetworkSettings")?.objects("Networks") ?? [:]).mapValues { .init($0) }
        networkMode = root.object("HostConfig")?.string("NetworkMode") ?? ""
    }
}
