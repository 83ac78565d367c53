package import ServiceModel

/// A line of `/v1/status/stream` after the first one, which is a whole ``StatusDocument``: what differs since.
package struct StatusChange: Codable, Equatable, Sendable {
    /// The name of this shape.
    package static let schema = "smctl.status-change/1"

    package var schema: String
    /// When it was noticed; RFC 3339.
    package var at: String
    /// The daemon, when something about it differs.
    package var daemon: DaemonStatus?
    /// The services that are new or differ, whole.
    package var services: [ServiceStatus]
    /// The names of the services that are gone.
    package var removed: [String]

    /// What differs between two documents; nil when nothing does but the time.
    package init?(from old: StatusDocument, to new: StatusDocument) {
        let known = Dictionary(old.services.map { ($0.name, $0) }) { first, _ in first }
        let names = Set(new.services.map(\.name))
        schema = Self.schema
        at = new.at
        daemon = new.daemon == old.daemon ? nil : new.daemon
        // Counts of connections differ all the time, and are no news by themselves.
        services = new.services.filter { known[$0.name]?.withoutConnections != $0.withoutConnections }
        removed = old.services.map(\.name).filter { !names.contains($0) }
        if daemon == nil, services.isEmpty, removed.isEmpty { return nil }
    }
}

extension ServiceStatus {
    fileprivate var withoutConnections: Self {
        var status = self
        for index in status.backends.indices {
            status.backends[index].activeConnections = nil
            status.backends[index].inactiveConnections = nil
        }
        return status
    }
}

extension StatusDocument {
    /// Takes over what a change says.
    package mutating func apply(_ change: StatusChange) {
        at = change.at
        if let daemon = change.daemon { self.daemon = daemon }
        let replaced = Set(change.services.map(\.name)).union(change.removed)
        services = (services.filter { !replaced.contains($0.name) } + change.services).sorted { $0.name < $1.name }
    }
}
