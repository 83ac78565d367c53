/// Something that happened to a container, as `GET /events` reports it.
package struct DockerEvent: Sendable, Equatable {
    /// The container.
    package var id: String
    /// What happened: `create`, `start`, `die`, `oom`, `health_status: healthy`.
    package var action: String
    /// The container's labels, and among them `name`, `image` and what else belongs to the action.
    package var attributes: [String: String]
    /// With `die`: what its main process ended with.
    package var exitCode: Int?
    /// When, in nanoseconds since 1970; 0 if the engine didn't say.
    package var timeNano: Int64
}

extension DockerEvent: Decodable {
    package init(from decoder: any Decoder) throws {
        let root = LenientObject(try decoder.container(keyedBy: AnyKey.self))
        let actor = root.object("Actor")
        id = try actor?.text("ID") ?? root.required("id")
        action = try root.text("Action") ?? root.required("status")
        attributes = actor?.value("Attributes") ?? [:]
        exitCode = attributes["exitCode"].flatMap { Int($0) }
        timeNano = root.value("timeNano") ?? 0
    }
}
