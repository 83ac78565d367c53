import PercentEncoding

extension CouchDBLocation {
    /// Whether two URLs plainly lead to one database; credentials and spellings of the host itself make no difference.
    ///
    /// Two names of one server look different here: ``CouchDBClient/databaseInfo()`` tells those.
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
