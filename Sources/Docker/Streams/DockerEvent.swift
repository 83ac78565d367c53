/// Something that happened to a container, as `GET /events` reports it.
package struct DockerEvent: Sendable, Equatable {
    /// The container.
    package var id: String
    /// What happened: `create`, `start`, `die`, `oom`, `health_status: healthy`.
    package var action: String
    /// The container's labels, together with `name`, `image` and the other attributes of the action.
    package var attributes: [String: String]
    /// With `die`: the exit code of its main process.
    package var exitCode: Int?
    /// The time in nanoseconds since 1970; 0 if the engine didn't send it.
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
