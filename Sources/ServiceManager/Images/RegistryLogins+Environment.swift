import FoundationEssentials

extension RegistryLogins {
    /// The environment of credential helpers: the daemon's own, as with `docker login`, and a home.
    ///
    /// `docker-credential-ecr-login`, `-gcr` and `-pass` keep their files below `$HOME`, which systemd doesn't set for services
    /// that run as root. Variables that are meant for the daemon alone are left out: its sockets to systemd, and URLs that may
    /// hold a password.
    ///
    /// - Parameters:
    ///   - daemon: The daemon's own environment. Its `HOME` is used if it is set.
    ///   - home: The folder that is `HOME` otherwise. It is created if missing, for root alone.
    /// - Returns: The environment.
    package static func environment(of daemon: [String: String], home: String) -> [String: String] {
        var environment = daemon.filter { name, _ in !withheld.contains(name) && !name.hasPrefix("LISTEN_") }
        if environment["HOME", default: ""].isEmpty {
            environment["HOME"] = home
            // If this fails, the helper's own message says what is missing.
            try? FileManager.default.createDirectory(
                atPath: home,
                withIntermediateDirectories: true,
                attributes: [.posixPermissions: 0o700]
            )
        }
        return environment
    }

    private static let withheld: Set<String> = [
        "NOTIFY_SOCKET", "WATCHDOG_PID", "WATCHDOG_USEC", "CREDENTIALS_DIRECTORY", "COUCHDB_URL", "STATUS_DATABASE_URL",
        "JOURNAL_STREAM", "INVOCATION_ID", "MALLOC_ARENA_MAX",
    ]
}
