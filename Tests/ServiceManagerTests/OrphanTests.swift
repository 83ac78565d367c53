import Logging
import ServiceManager
import ServiceModel
import Testing

/// Services of which nothing is remembered: who wants them is found out before anything is stopped.
@Suite struct OrphanWatchTests {
    let directory = DefinitionOrigin.directory("/services")
    let database = DefinitionOrigin.couchDB("http://db/services")

    private func watch(expectedSources: Int = 1) throws -> OrphanWatch {
        OrphanWatch(suspects: [try ServiceID("web")], expectedSources: expectedSources, interval: .seconds(5))
    }

    private func document(_ id: String) -> SourceEvent {
        .present(SourceDocument(id: id, revision: "1-a", body: []))
    }

    /// What is given up within ten minutes.
    private func orphans(_ watch: OrphanWatch) -> [String] {
        var watch = watch
        return (0..<120).flatMap { _ in watch.beat() }.map(\.rawValue)
    }

    @Test func `a service that no source defines is given up after the grace, and no sooner`() throws {
        var watch = try watch()
        watch.take(.available, from: directory)
        watch.take(document("other"), from: directory)
        for _ in 0..<5 { #expect(watch.beat().isEmpty) }
        #expect(watch.beat().map(\.rawValue) == ["web"])
        #expect(watch.beat().isEmpty)
    }

    @Test func `a service that a source defines is kept, also when its document can't be used`() throws {
        var (defined, unusable) = (try watch(), try watch())
        for event in [SourceEvent.available, document("other"), document("web")] {
            defined.take(event, from: directory)
        }
        #expect(orphans(defined).isEmpty)
        for event in [.available, document("other"), .unusable(id: "web", reason: "not JSON")] as [SourceEvent] {
            unusable.take(event, from: directory)
        }
        #expect(orphans(unusable).isEmpty)
    }

    @Test func `a service whose unit comes forward is kept`() throws {
        var watch = try watch()
        watch.take(.available, from: directory)
        watch.take(document("other"), from: directory)
        watch.wanted(try ServiceID("web"))
        #expect(orphans(watch).isEmpty)
    }

    @Test func `sources that list nothing at all, or aren't all seen, say nothing`() throws {
        var empty = try watch()
        empty.take(.available, from: directory)
        #expect(orphans(empty).isEmpty)
        var half = try watch(expectedSources: 2)
        half.take(.available, from: directory)
        half.take(document("other"), from: directory)
        #expect(orphans(half).isEmpty)
        half.take(.available, from: .unit("http://other/services"))
        #expect(orphans(half).isEmpty)
        half.take(.available, from: database)
        #expect(orphans(half) == ["web"])
        #expect(orphans(try watch(expectedSources: 0)).isEmpty)
    }

    @Test func `a source that goes away starts the grace anew`() throws {
        var watch = try watch()
        watch.take(.available, from: directory)
        watch.take(document("other"), from: directory)
        for _ in 0..<5 { #expect(watch.beat().isEmpty) }
        watch.take(.unavailable("gone"), from: directory)
        #expect(watch.beat().isEmpty)
        watch.take(.available, from: directory)
        for _ in 0..<5 { #expect(watch.beat().isEmpty) }
        #expect(watch.beat().map(\.rawValue) == ["web"])
    }
}

/// Deletions of documents that no source has any more.
@Suite struct DeletionTests {
    let directory = DefinitionOrigin.directory("/services")
    let database = DefinitionOrigin.couchDB("http://db/services")

    private func intake() -> DefinitionIntake {
        DefinitionIntake(
            hostName: "here",
            configured: [directory, database],
            logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
        )
    }

    private func document(_ id: String) -> SourceEvent {
        .present(
            SourceDocument(id: id, revision: "1-a", body: [UInt8](#"{"image": "web:1", "port": 80}"#.utf8))
        )
    }

    private func withdrawn(_ events: [(ServiceID, IntakeEvent)]) -> [String] {
        events.filter { $0.1 == .withdrawn }.map(\.0.rawValue)
    }

    @Test func `a deletion while nobody looked holds once every source was seen`() {
        var intake = intake()
        #expect(withdrawn(intake.take(.deleted(id: "web"), from: database)).isEmpty)
        #expect(withdrawn(intake.take(.available, from: database)).isEmpty)
        #expect(withdrawn(intake.take(.available, from: directory)) == ["web"])
        #expect(withdrawn(intake.take(.available, from: directory)).isEmpty)
    }

    @Test func `an old deletion in one source doesn't count for a document that is in another`() {
        var intake = intake()
        #expect(withdrawn(intake.take(.deleted(id: "web"), from: database)).isEmpty)
        #expect(withdrawn(intake.take(.available, from: database)).isEmpty)
        #expect(withdrawn(intake.take(document("web"), from: directory)).isEmpty)
        #expect(withdrawn(intake.take(.available, from: directory)).isEmpty)
    }

    @Test func `a deletion of what was seen holds at once`() {
        var intake = intake()
        _ = intake.take(document("web"), from: database)
        #expect(withdrawn(intake.take(.deleted(id: "web"), from: database)) == ["web"])
    }
}
