/// The part of `GET /containers/ID/json` that is used.
///
/// Values that the engine leaves out are nil, empty or zero.
package struct ContainerDetails: Sendable, Equatable {
    /// The full id, 64 hexadecimal digits.
    package var id: String
    /// The name, without the engine's leading slash.
    package var name: String
    /// The name of the image that it was created from.
    package var image: String
    /// The id of that image.
    package var imageID: String
    /// `created`, `running`, `paused`, `restarting`, `removing`, `exited` or `dead`.
    package var status: String
    /// Whether its main process exists; also true of a paused container.
    package var isRunning: Bool
    /// Whether it's frozen.
    package var isPaused: Bool
    /// The exit code of its main process; 0 while it runs.
    package var exitCode: Int
    /// Whether the kernel killed it because of its memory limit.
    package var outOfMemory: Bool
    /// Its main process on the host; nil unless it runs.
    package var pid: Int?
    /// When it was last started (RFC 3339, UTC); nil if it never was.
    package var startedAt: String?
    /// When it last ended (RFC 3339, UTC); nil if it never did.
    package var finishedAt: String?
    /// Why the engine couldn't start it; nil if it could.
    package var error: String?
    /// The signal that asks its main process to stop: its own, or that of its image; nil for the engine's default, SIGTERM.
    package var stopSignal: String?
    /// The result of its own health check; nil if it has none.
    package var health: Health?
    /// Its labels, and those of its image.
    package var labels: [String: String]
    /// Its networks by name, without addresses unless it runs.
    package var networks: [String: Network]
    /// `bridge`, `host`, `none`, or a network's name.
    package var networkMode: String

    /// The result of a container's own health check.
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
        /// The prefix length of its IPv4 subnet; nil if it has none.
        package var prefixLength: Int?
        /// The network's id; nil while the container isn't connected.
        package var networkID: String?
    }
}
