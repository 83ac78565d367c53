/// What a container is made of: the part of `POST /containers/create` that this project uses.
///
/// Docker never restarts such a container by itself, and keeps at most 30 MB of its output. What is nil or empty is left
/// to the image or to the engine.
package struct ContainerSpec: Sendable, Equatable {
    /// The image, by name, digest or id.
    package var image: String
    /// Replaces the image's `CMD`.
    package var command: [String]?
    /// Replaces the image's `ENTRYPOINT`.
    package var entrypoint: [String]?
    /// `NAME=VALUE`, on top of the image's.
    package var environment: [String] = []
    /// The container's labels, on top of the image's.
    package var labels: [String: String] = [:]
    /// The host name within the container.
    package var hostname: String?
    /// `USER` or `USER:GROUP`, names or numbers.
    package var user: String?
    /// Mounts of the host's directories or of volumes: `SOURCE:DESTINATION[:ro]`.
    package var binds: [String] = []
    /// Mounts in memory: the path, and mount options such as `size=64m` (which may be empty).
    package var tmpfs: [String: String] = [:]
    /// The network mode: `bridge`, `host`, `none`, or a network's name.
    package var network: String?
    /// The most memory that it may use, in bytes.
    package var memory: Int64?
    /// The most processor time that it may use, in billionths of a processor.
    package var nanoCPUs: Int64?
    /// The most processes and threads that it may have.
    package var pidsLimit: Int64?
    /// Resource limits of its processes.
    package var ulimits: [Ulimit] = []
    /// What asks its main process to stop: `SIGTERM`, `SIGQUIT`.
    package var stopSignal: String?
    /// How long that process has before it's killed, in seconds.
    package var stopTimeout: Int?

    /// A container of an image with everything as the image and the engine have it.
    package init(image: String) {
        self.image = image
    }

    /// One resource limit, as `setrlimit(2)` has it.
    package struct Ulimit: Sendable, Equatable {
        /// The name without `RLIMIT_`, in lower case: `nofile`.
        package var name: String
        /// The limit that applies; -1 is none.
        package var soft: Int64
        /// How far the process may raise it; -1 is without end.
        package var hard: Int64

        /// A limit of a resource.
        package init(name: String, soft: Int64, hard: Int64) {
            self.name = name
            self.soft = soft
            self.hard = hard
        }
    }
}
