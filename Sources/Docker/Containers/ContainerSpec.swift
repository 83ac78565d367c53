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
    /// Mounts of the host's directories or of volumes: `SOURCE:DESTINATION[:OPTIONS]`.
    package var binds: [String] = []
    /// Mounts that the form of `binds` can't express, because a path has a colon.
    package var mounts: [Mount] = []
    /// Paths that get a new volume without a name.
    package var anonymousVolumes: [String] = []
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

    /// One mount, as `docker run --mount` has it.
    package struct Mount: Sendable, Equatable {
        /// What is mounted.
        package enum Source: Sendable, Equatable {
            /// A directory or file of the host. It is made by engines of API 1.42 and later; earlier ones want it to be there.
            case bind(String)
            /// A volume, by its name.
            case volume(String)
        }

        /// What is mounted.
        package var source: Source
        /// Where in the container.
        package var target: String
        /// Whether the container can't write to it.
        package var isReadOnly: Bool

        /// A mount.
        package init(source: Source, target: String, isReadOnly: Bool) {
            self.source = source
            self.target = target
            self.isReadOnly = isReadOnly
        }
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
