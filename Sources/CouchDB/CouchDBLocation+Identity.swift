import PercentEncoding

extension CouchDBLocation {
    /// Whether two URLs obviously lead to one database.
    ///
    /// Credentials and different names of localhost make no difference.
    ///
    /// Other names of one server look different here. ``CouchDBClient/databaseInfo()`` recognizes those.
    package func isSameDatabase(as other: CouchDBLocation) -> Bool {
        comparableHost == other.comparableHost && port == other.port && comparablePath == other.comparablePath
    }

    private var comparableHost: String {
        let lowercased = host.lowercased()
        let loopback = ["localhost", "127.0.0.1", "::1", "0:0:0:0:0:0:0:1"]
        return loopback.contains(lowercased) ? "localhost" : lowercased
    }

    private var comparablePath: String { path.percentDecoded ?? path }
}
