/// What `GET /containers/ID/json` says of a container, as far as it's of use.
///
/// What the engine leaves out is nil, empty or zero here.
package struct ContainerDetails: Sendable, Equatable {
    /// The full id, 64 hexadecimal digits.
    package var id: String
    /// Without the slash that the engine puts before it.
    package var name: String
    /// The name of the image that it was made from.
    package var image: String
    /// The id of that image.
    package var imageID: String
    /// `created`, `running`, `paused`, `restarting`, `removing`, `exited` or `dead`.
    package var status: String
    /// Whether its main process exists; also true of a paused container.
    package var isRunning: Bool
    /// Whether it's frozen.
    package var isPaused: Bool
    /// What its main process ended with; 0 as long as it runs.
    package var exitCode: Int
    /// Whether the kernel killed it for its use of memory.
    package var outOfMemory: Bool
    /// Its main process on the host; nil unless it runs.
    package var pid: Int?
    /// When it was started last (RFC 3339, UTC); nil if it never was.
    package var startedAt: String?
    /// When it ended last (RFC 3339, UTC); nil if it never did.
    package var finishedAt: String?
    /// Why the engine couldn't start it; nil if it could.
    package var error: String?
    /// What asks its main process to stop: the one that it was made with, or its image's; nil: the engine's own, SIGTERM.
    package var stopSignal: String?
    /// What its own health check found; nil if it has none.
    package var health: Health?
    /// Its labels, and those of its image.
    package var labels: [String: String]
    /// Its networks by name, without addresses unless it runs.
    package var networks: [String: Network]
    /// `bridge`, `host`, `none`, or a network's name.
    package var networkMode: String

    /// What a container's own health check found.
    package struct Health: Sendable, Equatable {
        /// `starting`, `healthy` or `unhealthy`.
        package var status: String
        /// What the last check wrote; nil before the first.
        package var lastLog: String?
    }

    /// A container's place in a network.
    package struct Network: Sendable, Equatable {
        /// Its IPv4 address; nil if it has none.
        package var ipAddress: String?
        /// Its global IPv6 address; nil if it has none.
        package var ipv6Address: String?
        /// Its interface's hardware address; nil if it has none.
        package var macAddress: String?
        /// The network's IPv4 gateway; nil if it has none.
        package var gateway: String?
        /// How many bits of its IPv4 address name the subnet; nil if it has none.
        package var prefixLength: Int?
        /// The network's id; nil while the container isn't connected.
        package var networkID: String?
    }
}
