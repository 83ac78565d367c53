package import FoundationEssentials
package import ServiceModel

/// What `GET /v1/hosts` answers: every host that writes into the status database, with its services.
package struct HostsDocument: Codable, Equatable, Sendable {
    /// The name of this shape; it only grows, so that readers may ignore what they don't know.
    package static let schema = "smctl.hosts/1"

    package var schema: String
    /// When the database was read; RFC 3339.
    package var at: String
    /// The status database's URL, without credentials.
    package var database: String
    /// By name.
    package var hosts: [HostStatus]
    /// The ids of documents that can't be understood: somebody else's, or a newer version's.
    package var unreadable: [String]

    /// Makes a document.
    ///
    /// - Parameters:
    ///   - at: When the database was read; RFC 3339.
    ///   - database: The status database's URL, without credentials.
    ///   - hosts: The hosts, by name.
    ///   - unreadable: The ids of documents that can't be understood.
    package init(at: String, database: String, hosts: [HostStatus], unreadable: [String] = []) {
        schema = Self.schema
        self.at = at
        self.database = database
        self.hosts = hosts
        self.unreadable = unreadable
    }

    /// Puts together what the documents of the status database say.
    ///
    /// - Parameters:
    ///   - now: When they were read: what ages are counted to.
    ///   - database: The status database's URL, without credentials.
    ///   - documents: All of them, with their ids.
    package init(at now: Date, database: String, documents: [(id: String, body: [UInt8])]) {
        var hosts: [String: HostStatus] = [:]
        var unreadable: [String] = []
        let decoder = JSONDecoder()
        for (id, body) in documents {
            let data = Data(body)
            if let service = try? decoder.decode(PublishedStatus.self, from: data),
                id == PublishedID.of(service.status.name, on: service.host)
            {
                hosts[service.host, default: HostStatus(host: service.host)].services.append(service)
            } else if let heartbeat = try? decoder.decode(PublishedHost.self, from: data),
                heartbeat.schema == PublishedHost.schema,
                id == PublishedID.of(PublishedID.daemon, on: heartbeat.host)
            {
                hosts[heartbeat.host, default: HostStatus(host: heartbeat.host)].take(heartbeat, at: now)
            } else {
                unreadable.append(id)
            }
        }
        let sorted = hosts.values.sorted { $0.host < $1.host }.map { host in
            var host = host
            host.services.sort { $0.status.name < $1.status.name }
            return host
        }
        self.init(at: Timestamp.text(now), database: database, hosts: sorted, unreadable: unreadable.sorted())
    }
}

/// One host, as far as the status database knows it.
package struct HostStatus: Codable, Equatable, Sendable {
    package var host: String
    /// The daemon's version; nil when the host never gave a sign of life.
    package var version: String?
    /// The last sign of life; RFC 3339.
    package var heartbeat: String?
    /// How long ago that was, by this host's clock.
    package var ageSeconds: Int?
    /// True when three signs of life in a row are missing, or there never was one: what is said of its services may be
    /// long past.
    package var isStale: Bool
    package var services: [PublishedStatus]

    /// A host of which nothing is known yet.
    init(host: String) {
        self.host = host
        isStale = true
        services = []
    }

    /// Makes a host's status.
    ///
    /// - Parameters:
    ///   - host: Its name.
    ///   - version: The daemon's version.
    ///   - heartbeat: The last sign of life; RFC 3339.
    ///   - ageSeconds: How long ago that was.
    ///   - isStale: Whether it has been silent for too long.
    ///   - services: Its services, by name.
    package init(
        host: String,
        version: String?,
        heartbeat: String?,
        ageSeconds: Int?,
        isStale: Bool,
        services: [PublishedStatus]
    ) {
        self.host = host
        self.version = version
        self.heartbeat = heartbeat
        self.ageSeconds = ageSeconds
        self.isStale = isStale
        self.services = services
    }

    fileprivate mutating func take(_ published: PublishedHost, at now: Date) {
        version = published.version
        heartbeat = published.at
        guard let time = Timestamp.date(published.at) else { return }
        // A clock that is ahead of ours is no age.
        let age = max(0, now.timeIntervalSince(time))
        ageSeconds = Int(min(age, Double(Int32.max)))
        isStale = age > 3 * Double(max(1, published.heartbeatSeconds))
    }

    enum CodingKeys: String, CodingKey {
        case host, version, heartbeat, services
        case ageSeconds = "age_seconds"
        case isStale = "stale"
    }
}
