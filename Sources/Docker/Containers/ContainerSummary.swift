/// One container in the answer to `GET /containers/json`.
package struct ContainerSummary: Sendable, Equatable {
    /// The full id, 64 hexadecimal digits.
    package var id: String
    /// Its names without the slash that the engine puts before them.
    package var names: [String]
    /// The name of the image that it was made from.
    package var image: String
    /// `created`, `running`, `paused`, `restarting`, `removing`, `exited` or `dead`.
    package var state: String
    /// The same in prose: `Up 5 minutes`.
    package var status: String
    /// Its labels, and those of its image.
    package var labels: [String: String]
    /// When it was made, in seconds since 1970.
    package var created: Int64
}

extension ContainerSummary: Decodable {
    package init(from decoder: any Decoder) throws {
        let root = LenientObject(try decoder.container(keyedBy: AnyKey.self))
        id = try root.required("Id")
        let rootNames: [String] = root.value("Names") ?? []
        names = rootNames.map { $0.hasPrefix("/") ? String($0.dropFirst()) : $0 }
        image = root.string("Image") ?? ""
        state = root.string("State") ?? ""
        status = root.string("Status") ?? ""
        labels = root.value("Labels") ?? [:]
        created = root.value("Created") ?? 0
    }
}
