/// The part of `POST /containers/create` that this project uses.
///
/// Docker never restarts such a container by itself, and keeps at most 30 MB of its output. Values that are nil or empty are
/// left to the image or to the engine.
package struct ContainerSpec: Sendable, Equatable {
    /// The image, by name, digest or id.
    package var image: String
    /// Replaces the image's `CMD`.
    package var command: [String]?
    /// Replaces the image's `ENTRYPOINT`.
    package var entrypoint: [String]?
    /// `NAME=VALUE`, in addition to the image's variables.
    package var environment: [String] = []
    /// The container's labels, in addition to the image's.
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
    /// The memory limit in bytes.
    package var memory: Int64?
    /// The limit of processor time, in billionths of a processor.
    package var nanoCPUs: Int64?
    /// The limit of processes and threads.
    package var pidsLimit: Int64?
    /// Resource limits of its processes.
    package var ulimits: [Ulimit] = []
    /// The signal that asks its main process to stop, such as `SIGQUIT`.
    package var stopSignal: String?
    /// How long that process may take before it's killed, in seconds.
    package var stopTimeout: Int?

    /// Makes a container of an image, with the defaults of the image and the engine.
    package init(image: String) {
        self.image = image
    }

    /// A mount, as in `docker run --mount`.
    package struct Mount: Sendable, Equatable {
        /// What is mounted.
        package enum Source: Sendable, Equatable {
            /// A directory or file of the host. Engines of API 1.42 and later create it; for earlier ones it must exist.
            case bind(String)
            /// A volume, by its name.
            case volume(String)
        }

        /// What is mounted.
        package var source: Source
        /// The path in the container.
        package var target: String
        /// Whether the container can't write to it.
        package var isReadOnly: Bool

        /// Makes a mount.
        package init(source: Source, target: String, isReadOnly: Bool) {
            self.source = source
            self.target = target
            self.isReadOnly = isReadOnly
        }
    }

    /// A resource limit, as in `setrlimit(2)`.
    package struct Ulimit: Sendable, Equatable {
        /// The name without `RLIMIT_`, in lower case: `nofile`.
        package var name: String
        /// The limit that applies; -1 is none.
        package var soft: Int64
        /// How far the process may raise it; -1 for no limit.
        package var hard: Int64

        /// Makes a resource limit.
        package init(name: String, soft: Int64, hard: Int64) {
            self.name = name
            self.soft = soft
            self.hard = hard
        }
    }
}
