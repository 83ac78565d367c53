import FoundationEssentials
package import Logging
package import ServiceModel
import SystemPackage

#if canImport(Glibc)
import Glibc
#endif

/// The daemon's configuration.
///
/// Each value comes from the command line, else the environment, else the file, else the default.
package struct Configuration: Equatable, Sendable {
    /// `docker_socket`, `DOCKER_SOCKET`.
    package var dockerSocket = "/run/docker.sock"
    /// `services_directory`: the directory source; empty switches it off.
    package var servicesDirectory = "/etc/service-managerd/services"
    /// `state_directory`, `STATE_DIRECTORY`.
    package var stateDirectory = "/var/lib/service-managerd"
    /// `run_directory`: where the sockets are.
    package var runDirectory = "/run/service-managerd"
    /// `generated_directory`: unit texts for the generator.
    package var generatedDirectory = "/etc/service-managerd/generated"
    /// `couchdb_url`, `COUCHDB_URL`: the database of the definitions; nil for none.
    package var couchDBURL: String?
    /// `couchdb_credentials_file`: `user:password` in its first line.
    package var couchDBCredentialsFile: String?
    /// `couchdb_ca_file`: the certificate authorities to trust for https; nil for the system's.
    package var couchDBCAFile: String?
    /// `status_database_url`, `STATUS_DATABASE_URL`: where the status of the services is written; nil for nowhere.
    package var statusDatabaseURL: String?
    /// `status_database_credentials_file`: `user:password` in its first line.
    package var statusDatabaseCredentialsFile: String?
    /// `status_database_ca_file`: the certificate authorities to trust for https; nil for the system's.
    package var statusDatabaseCAFile: String?
    /// `docker_config`: the logins of registries, as `docker login` writes them.
    package var dockerConfig = "/etc/service-managerd/docker/config.json"
    /// `host_name`: what `hosts` in a definition is compared with.
    package var hostName = Self.kernelHostName
    /// `policy`: what definitions may ask of this host.
    package var policy = Policy()
    /// Keys of the file that mean nothing.
    package var unknownKeys: [String] = []
    /// The folder of the systemd credentials that the daemon's unit has (`CREDENTIALS_DIRECTORY`, systemd.exec(5)).
    package var credentialsDirectory: String?
    /// `ipvs_timeouts`: how long IPVS remembers idle connections; nil leaves the kernel's values.
    package var ipvsTimeouts: IPVSTimeouts?
    /// `concurrent_starts`, `CONCURRENT_STARTS`: how many containers are started, and how many images are pulled, at a time.
    package var concurrentStarts = Self.defaultConcurrentStarts
    /// `log_level`, `LOG_LEVEL`: the lowest level that is logged.
    package var logLevel = Logger.Level.info
    /// `units`: `systemd` or `none`.
    package var units = Units.systemd

    package enum Units: String, Sendable {
        /// Services run as units.
        case systemd
        /// Services run without units: for hosts where systemd isn't PID 1.
        case none
    }

    /// What `concurrent_starts` may be.
    package static let concurrentStartsRange = 1...1000

    /// One for each processor of the host, at least 2, so that a start that hangs doesn't hold up all others.
    package static var defaultConcurrentStarts: Int {
        min(max(2, sysconf(Int32(_SC_NPROCESSORS_ONLN))), concurrentStartsRange.upperBound)
    }

    package init() {}

    /// gethostname(2).
    private static var kernelHostName: String {
        var buffer = [CChar](repeating: 0, count: 256)
        guard gethostname(&buffer, buffer.count - 1) == 0 else { return "localhost" }
        return String(decoding: buffer.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }

    /// Reads the file, then the environment over it.
    ///
    /// - Parameters:
    ///   - file: A JSON object; the file may be missing.
    ///   - environment: The process's environment.
    /// - Throws: `ConfigurationError` for an invalid value.
    package init(file: String, environment: [String: String]) throws(ConfigurationError) {
        if let data = try? Data(contentsOf: URL(filePath: file)) {
            do {
                try apply(JSONDecoder().decode(ConfigurationFile.self, from: data), file)
                let keys = try JSONDecoder().decode(ConfigurationKeys.self, from: data).keys
                unknownKeys = keys.filter { ConfigurationFile.CodingKeys(stringValue: $0) == nil }.sorted()
            } catch let error as ConfigurationError {
                throw error
            } catch {
                throw ConfigurationError(
                    message:
                        "\(file) is not a JSON object of settings: \(error). Correct it, or move it away for the defaults"
                )
            }
        }
        if let value = environment["COUCHDB_URL"], !value.isEmpty { couchDBURL = value }
        if let value = environment["STATUS_DATABASE_URL"], !value.isEmpty { statusDatabaseURL = value }
        if let value = environment["DOCKER_SOCKET"], !value.isEmpty { dockerSocket = value }
        if let value = environment["STATE_DIRECTORY"], !value.isEmpty { stateDirectory = value }
        if let value = environment["CREDENTIALS_DIRECTORY"], !value.isEmpty { credentialsDirectory = value }
        if let value = environment["LOG_LEVEL"], !value.isEmpty { logLevel = try Self.logLevel(value, "LOG_LEVEL") }
        if let value = environment["CONCURRENT_STARTS"], !value.isEmpty {
            concurrentStarts = try Self.concurrentStarts(Int(value), found: "\"\(value)\"", "CONCURRENT_STARTS")
        }
    }

    /// Checks a number of concurrent starts.
    ///
    /// - Parameters:
    ///   - number: The value that was found; nil when it isn't a number.
    ///   - found: The value as text.
    ///   - place: Where it was found.
    /// - Returns: The number.
    /// - Throws: `ConfigurationError` when it isn't in range.
    package static func concurrentStarts(
        _ number: Int?,
        found: String,
        _ place: String
    ) throws(ConfigurationError) -> Int {
        guard let number, concurrentStartsRange.contains(number) else {
            throw ConfigurationError(
                message: "\(place): expected a number from 1 to \(concurrentStartsRange.upperBound), found \(found)"
            )
        }
        return number
    }

    /// The levels that may be configured.
    private static let logLevels: [Logger.Level] = [.debug, .info, .notice, .warning, .error]

    /// A log level by its name.
    ///
    /// - Parameters:
    ///   - name: What was found.
    ///   - place: Where it was found.
    /// - Returns: The level.
    /// - Throws: `ConfigurationError` when there is no such level.
    package static func logLevel(_ name: String, _ place: String) throws(ConfigurationError) -> Logger.Level {
        guard let level = Logger.Level(rawValue: name), logLevels.contains(level) else {
            let names = logLevels.map(\.rawValue).joined(separator: ", ")
            throw ConfigurationError(message: "\(place): expected one of \(names), found \"\(name)\"")
        }
        return level
    }

    private mutating func apply(_ file: ConfigurationFile, _ path: String) throws(ConfigurationError) {
        if let value = file.docker_socket { dockerSocket = value }
        if let value = file.services_directory { servicesDirectory = value }
        if let value = file.state_directory { stateDirectory = value }
        if let value = file.run_directory { runDirectory = value }
        if let value = file.generated_directory { generatedDirectory = value }
        if let value = file.couchdb_url { couchDBURL = value }
        if let value = file.couchdb_credentials_file { couchDBCredentialsFile = value }
        if let value = file.couchdb_ca_file { couchDBCAFile = value }
        if let value = file.status_database_url { statusDatabaseURL = value }
        if let value = file.status_database_credentials_file { statusDatabaseCredentialsFile = value }
        if let value = file.status_database_ca_file { statusDatabaseCAFile = value }
        if let value = file.docker_config { dockerConfig = value }
        if let value = file.host_name { hostName = value }
        if let value = file.ipvs_timeouts { ipvsTimeouts = try IPVSTimeouts(value, path) }
        if let value = file.concurrent_starts {
            concurrentStarts = try Self.concurrentStarts(value, found: "\(value)", "\(path): concurrent_starts")
        }
        if let value = file.policy { policy = try Policy(value, "\(path): policy") }
        if let value = file.log_level { logLevel = try Self.logLevel(value, "\(path): log_level") }
        if let value = file.units {
            guard let known = Units(rawValue: value) else {
                throw ConfigurationError(
                    message: "\(path): units: expected \"systemd\" or \"none\", found \"\(value)\""
                )
            }
            units = known
        }
    }
}

/// The configuration is invalid.
package struct ConfigurationError: Error, CustomStringConvertible {
    package let message: String

    package var description: String { message }
}

/// The file's keys, all optional.
private struct ConfigurationFile: Decodable {
    var docker_socket: String?
    var services_directory: String?
    var state_directory: String?
    var run_directory: String?
    var generated_directory: String?
    var couchdb_url: String?
    var couchdb_credentials_file: String?
    var couchdb_ca_file: String?
    var status_database_url: String?
    var status_database_credentials_file: String?
    var status_database_ca_file: String?
    var docker_config: String?
    var host_name: String?
    var concurrent_starts: Int?
    var log_level: String?
    var units: String?
    var ipvs_timeouts: [String: String]?
    var policy: [String: [String]]?

    enum CodingKeys: String, CodingKey {
        case docker_socket, services_directory, state_directory, run_directory, generated_directory, couchdb_url,
            couchdb_credentials_file, couchdb_ca_file, status_database_url, status_database_credentials_file,
            status_database_ca_file, docker_config, host_name, concurrent_starts, log_level, units, ipvs_timeouts,
            policy
    }
}
