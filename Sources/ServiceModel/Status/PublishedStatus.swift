/// A service's status as its host writes it into the status database: all that `smctl status --json` shows of it, and whose
/// it is.
package struct PublishedStatus: Codable, Equatable, Sendable {
    /// The name of this shape; it only grows, so that readers may ignore what they don't know.
    package static let schema = "service-manager.service/1"

    /// The host's name.
    package var host: String
    /// When it was written, which is when it changed; RFC 3339.
    package var at: String
    /// The service.
    ///
    /// Without the last lines of containers' logs: those may hold anything.
    package var status: ServiceStatus

    /// Makes a document.
    ///
    /// - Parameters:
    ///   - host: The host's name.
    ///   - at: When it is written; RFC 3339.
    ///   - status: The service as its host shows it.
    package init(host: String, at: String, status: ServiceStatus) {
        self.host = host
        self.at = at
        self.status = Self.publishable(status)
    }

    /// What of a status may be seen outside its host: the logs of containers may hold secrets.
    ///
    /// How many come before it in the line isn't published: that changes with each start of another, and each write is a
    /// revision that others store.
    package static func publishable(_ status: ServiceStatus) -> ServiceStatus {
        var status = status
        for index in status.failed.indices { status.failed[index].lastLog = [] }
        if let ahead = status.ahead {
            status.detail = status.detail?.replacing(Rollout.aheadText(ahead), with: "")
            status.ahead = nil
        }
        return status
    }

    private enum CodingKeys: String, CodingKey {
        case schema, host, service, at
    }

    package init(from decoder: any Decoder) throws {
        let own = try decoder.container(keyedBy: CodingKeys.self)
        let schema = try own.decode(String.self, forKey: .schema)
        guard schema == Self.schema else {
            throw DecodingError.dataCorruptedError(forKey: .schema, in: own, debugDescription: "not \(Self.schema)")
        }
        host = try own.decode(String.self, forKey: .host)
        at = try own.decode(String.self, forKey: .at)
        status = try ServiceStatus(from: decoder)
    }

    package func encode(to encoder: any Encoder) throws {
        try status.encode(to: encoder)
        var own = encoder.container(keyedBy: CodingKeys.self)
        try own.encode(Self.schema, forKey: .schema)
        try own.encode(host, forKey: .host)
        try own.encode(status.name, forKey: .service)
        try own.encode(at, forKey: .at)
    }
}

/// A host's sign of life in the status database.
package struct PublishedHost: Codable, Equatable, Sendable {
    /// The name of this shape; it only grows, so that readers may ignore what they don't know.
    package static let schema = "service-manager.host/1"

    package var schema: String
    /// The host's name.
    package var host: String
    /// When it was written; RFC 3339.
    package var at: String
    /// The daemon's version.
    package var version: String
    /// When the daemon was started; RFC 3339.
    package var started: String
    /// How often it is written again; a host that is silent for three times as long is to be looked after.
    package var heartbeatSeconds: Int

    /// Makes a document.
    ///
    /// - Parameters:
    ///   - host: The host's name.
    ///   - at: When it is written; RFC 3339.
    ///   - version: The daemon's version.
    ///   - started: When the daemon was started; RFC 3339.
    ///   - heartbeatSeconds: How often it is written again.
    package init(host: String, at: String, version: String, started: String, heartbeatSeconds: Int) {
        schema = Self.schema
        self.host = host
        self.at = at
        self.version = version
        self.started = started
        self.heartbeatSeconds = heartbeatSeconds
    }

    enum CodingKeys: String, CodingKey {
        case schema, host, at, version, started
        case heartbeatSeconds = "heartbeat_seconds"
    }
}

/// The ids of documents in the status database: `HOST:SERVICE`, and `HOST:@daemon` for the host itself.
package enum PublishedID {
    /// No service can be called so.
    package static let daemon = "@daemon"

    /// What all documents of a host begin with; the name of a host has no colon.
    package static func prefix(of host: String) -> String { host + ":" }

    package static func of(_ name: String, on host: String) -> String { prefix(of: host) + name }
}
