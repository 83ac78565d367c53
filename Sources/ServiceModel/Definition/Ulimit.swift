/// A resource limit of a container's processes (setrlimit(2)).
package struct Ulimit: Hashable, Sendable {
    /// Docker's name of the limit: `nofile`.
    package var name: String

    /// What processes get: 0 or more; -1 for no limit.
    package var soft: Int

    /// How far they may raise it, at least `soft`; -1 for no limit.
    package var hard: Int

    /// Makes a limit.
    ///
    /// - Parameters:
    ///   - name: Docker's name of the limit.
    ///   - soft: What processes get.
    ///   - hard: How far they may raise it.
    package init(name: String, soft: Int, hard: Int) {
        self.name = name
        self.soft = soft
        self.hard = hard
    }

    /// The limits that Docker knows (github.com/docker/go-units, ulimit.go).
    static let names = [
        "core", "cpu", "data", "fsize", "locks", "memlock", "msgqueue", "nice", "nofile", "nproc", "rss", "rtprio",
        "rttime", "sigpending", "stack",
    ]
}
