package import ServiceModel

/// Decides which statuses are still to be written, without clock or I/O.
package struct StatusOutbox<Instant: InstantProtocol>: Sendable where Instant.Duration == Duration, Instant: Sendable {
    /// The time between two writes of one service: a rollout has many steps, and each write is a revision that CouchDB stores.
    static var interval: Duration { .seconds(1) }
    /// How often the host writes that it is alive.
    static var heartbeat: Duration { .seconds(60) }
    /// How often to check that the documents are still as they were written.
    static var listing: Duration { .seconds(600) }
    /// How long after the start to keep documents of services that weren't seen: they may not have been found yet.
    static var grace: Duration { .seconds(30) }

    private let start: Instant
    /// The revisions of the documents in the database, by what follows the host's name in their ids.
    private var revisions: [String: String] = [:]
    private var contents: [String: ServiceStatus] = [:]
    private var written: [String: Instant] = [:]
    /// The services that have been seen since the start.
    private var seen: Set<String> = []
    private var listed: Instant?
    private var beaten: Instant?

    /// - Parameter start: When the daemon began to manage services.
    package init(start: Instant) { self.start = start }

    /// The revision of the document; nil when it isn't known.
    package func revision(of name: String) -> String? { revisions[name] }

    // MARK: What to do

    /// Whether the documents must be listed before anything is written.
    package func needsListing(at now: Instant) -> Bool {
        listed.map { $0.advanced(by: Self.listing) <= now } ?? true
    }

    package func needsHeartbeat(at now: Instant) -> Bool {
        beaten.map { $0.advanced(by: Self.heartbeat) <= now } ?? true
    }

    /// The services to write now.
    package func due(_ statuses: [ServiceStatus], at now: Instant) -> [ServiceStatus] {
        changed(statuses).filter { status in
            written[status.name].map { $0.advanced(by: Self.interval) <= now } ?? true
        }
    }

    /// The documents to remove now.
    package func gone(_ statuses: [ServiceStatus], at now: Instant) -> [(name: String, revision: String)] {
        let present = Set(statuses.map(\.name)).union([PublishedID.daemon])
        let isSettled = start.advanced(by: Self.grace) <= now
        return revisions.filter { !present.contains($0.key) && (isSettled || seen.contains($0.key)) }
            .sorted { $0.key < $1.key }.map { (name: $0.key, revision: $0.value) }
    }

    /// When there will be something to do next, if nothing changes.
    package func next(_ statuses: [ServiceStatus], after now: Instant) -> Instant {
        let settled = start.advanced(by: Self.grace)
        var times = changed(statuses).compactMap { written[$0.name]?.advanced(by: Self.interval) }
        times.append(listed?.advanced(by: Self.listing) ?? now)
        times.append(beaten?.advanced(by: Self.heartbeat) ?? now)
        if settled > now { times.append(settled) }
        return max(now, times.min() ?? now)
    }

    private func changed(_ statuses: [ServiceStatus]) -> [ServiceStatus] {
        statuses.filter { contents[$0.name] != PublishedStatus.publishable($0) }
    }

    // MARK: What was done

    /// Takes the list of the host's documents; those that aren't as they were written will be written again.
    package mutating func listed(_ found: [String: String], at now: Instant) {
        for name in contents.keys where found[name] != revisions[name] { contents[name] = nil }
        if found[PublishedID.daemon] != revisions[PublishedID.daemon] { beaten = nil }
        revisions = found
        listed = now
    }

    /// Records that something failed: the documents are listed before the next write.
    package mutating func lost() { listed = nil }

    /// Records a document's revision.
    package mutating func found(_ revision: String?, of name: String) { revisions[name] = revision }

    package mutating func beat(revision: String, at now: Instant) {
        revisions[PublishedID.daemon] = revision
        beaten = now
    }

    package mutating func wrote(_ status: ServiceStatus, revision: String, at now: Instant) {
        revisions[status.name] = revision
        contents[status.name] = PublishedStatus.publishable(status)
        written[status.name] = now
    }

    package mutating func removed(_ name: String) {
        revisions[name] = nil
        contents[name] = nil
        written[name] = nil
    }

    /// Records which services exist.
    package mutating func saw(_ statuses: [ServiceStatus]) { seen.formUnion(statuses.map(\.name)) }
}
