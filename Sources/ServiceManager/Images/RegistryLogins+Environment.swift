import FoundationEssentials

extension RegistryLogins {
    /// What credential helpers have in their environment: the daemon's, as with `docker login`, and a home.
    ///
    /// `docker-credential-ecr-login`, `-gcr` and `-pass` keep what they need below `$HOME`, which systemd gives to no service
    /// that runs as root. What is meant for the daemon alone is left out: its sockets to systemd, and URLs that may hold a
    /// password.
    ///
    /// - Parameters:
    ///   - daemon: The daemon's own environment. Its `HOME` counts, where it has one.
    ///   - home: The folder that is `HOME` otherwise; it is made when it is missing, for root alone.
    /// - Returns: The environment.
    package static func environment(of daemon: [String: String], home: String) -> [String: String] {
        var environment = daemon.filter { name, _ in !withheld.contains(name) && !name.hasPrefix("LISTEN_") }
        if environment["HOME", default: ""].isEmpty {
            environment["HOME"] = home
            // Where that fails, the helper's own message says what it misses.
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
