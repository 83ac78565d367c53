import CouchDB
import FoundationEssentials
import Logging
import NIOPosix
import ServiceManager
import ServiceModel
import Synchronization
import TestSupport
import Testing

/// Which databases are asked, and what is made of their answers.
@Suite(.timeLimit(.minutes(1))) struct DatabasesTests {
    /// What the manager is told.
    private final class Told: Sendable {
        let inbox: ManagerInbox
        private let events: AsyncStream<ManagerEvent>
        private let found = Mutex<[ManagerEvent]>([])

        init() {
            let (events, continuation) = AsyncStream.makeStream(of: ManagerEvent.self)
            self.events = events
            inbox = ManagerInbox(continuation: continuation)
        }

        func gather() async { for await event in events { found.withLock { $0.append(event) } } }

        /// What sources have reported.
        var sources: [SourceEvent] {
            found.withLock { events in
                events.compactMap { if case .source(let event, _) = $0 { event } else { nil } }
            }
        }

        /// Which databases units name.
        var names: [DefinitionOrigin?] {
            found.withLock { events in
                events.compactMap { event -> DefinitionOrigin?? in
                    if case .databaseNamed(_, let origin) = event { .some(origin) } else { nil }
                }
            }
        }
    }

    private func databases(
        _ told: Told,
        _ own: Databases.Own?,
        clock: any Clock<Duration> = ManualClock()
    ) -> Databases {
        Databases(
            group: MultiThreadedEventLoopGroup.singleton,
            known: [],
            own: own,
            inbox: told.inbox,
            clock: clock,
            logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
        )
    }

    @Test func `a credentials file that can't be used is shown, and read again until it can`() async throws {
        let server = try await StandInCouchDB.start(administrators: ["smd": "secret"], databases: ["services"])
        try await server.restrict("services", to: ["smd"])
        let file = FileManager.default.temporaryDirectory.appending(path: "login-\(UInt64.random(in: 0 ... .max))")
        defer { try? FileManager.default.removeItem(at: file) }
        let (told, clock) = (Told(), ManualClock())
        let own = Databases.Own(url: "\(server.baseURL)/services", credentialsFile: file.path)
        let databases = databases(told, own, clock: clock)
        try await withThrowingTaskGroup { group in
            group.addTask { await told.gather() }
            group.addTask { await databases.run() }
            for round in 1...3 {
                try await eventually("the next look") { clock.deadlines == [.seconds(round * 10)] }
                try Data("without a colon\n".utf8).write(to: file)
                clock.advance(by: .seconds(10))
            }
            try await eventually("the next look") { clock.deadlines == [.seconds(40)] }
            // Once for each reason.
            let problems = told.sources.map { event in
                if case .unavailable(let text) = event { text } else { "\(event)" }
            }
            #expect(problems.count == 2)
            #expect(problems.allSatisfy { $0.contains(file.path) }, "\(problems)")
            #expect(problems.first?.contains("No such file or directory") == true)
            #expect(problems.last?.contains("its first line isn't user:password") == true)

            try Data("smd:secret\n".utf8).write(to: file)
            clock.advance(by: .seconds(10))
            try await eventually("the database is followed") { told.sources.dropFirst(2) == [.listed, .available] }
            #expect(databases.locations.map(\.description) == ["\(server.baseURL)/services"])
            group.cancelAll()
        }
        try await server.stop()
    }

    @Test func `a document comes with the revisions that lost against it`() async throws {
        let server = try await StandInCouchDB.start(databases: ["services"])
        let (low, high) = ("2-" + String(repeating: "a", count: 32), "2-" + String(repeating: "b", count: 32))
        for revision in [low, high] {
            try await server.replicate("listed", #"{"_rev":"\#(revision)"}"#, in: "services")
        }
        let told = Told()
        let databases = databases(told, Databases.Own(url: "\(server.baseURL)/services"))
        func conflicts(_ id: String) -> [[String]] {
            told.sources.compactMap { event in
                guard case .present(let document) = event, document.id == id, document.revision == high else {
                    return nil
                }
                return document.conflicts
            }
        }
        try await withThrowingTaskGroup { group in
            group.addTask { await told.gather() }
            group.addTask { await databases.run() }
            try await eventually("the database is followed") { told.sources.contains(.available) }
            #expect(conflicts("listed") == [[low]])
            for revision in [low, high] {
                try await server.replicate("changed", #"{"_rev":"\#(revision)"}"#, in: "services")
            }
            try await eventually("it is told") { !conflicts("changed").isEmpty }
            #expect(conflicts("changed") == [[low]])
            group.cancelAll()
        }
        try await server.stop()
    }

    @Test func `a unit that names no database asks the daemon's, or where there is none the predecessor's`()
        async throws
    {
        let service = try ServiceID("web")
        for (own, expected) in [
            (nil, .defaultDatabase("http://127.0.0.1:5984/services")),
            (Databases.Own(url: "http://127.0.0.1:1/services"), nil),
        ] as [(Databases.Own?, DefinitionOrigin?)] {
            let told = Told()
            databases(told, own).use(nil, for: service)
            try await withThrowingTaskGroup { group in
                group.addTask { await told.gather() }
                try await eventually("it is told") { told.names == [expected] }
                group.cancelAll()
            }
        }
    }

    @Test func `a unit's database that can't be understood is named without its password, with the reason`()
        async throws
    {
        let told = Told()
        databases(told, nil).use("http://anna:secret@127.0.0.1:5984", for: try ServiceID("web"))
        try await withThrowingTaskGroup { group in
            group.addTask { await told.gather() }
            try await eventually("both are told") { told.names.count == 1 && told.sources.count == 1 }
            guard case .unit(let name)?? = told.names.first, case .unavailable(let reason)? = told.sources.first else {
                Issue.record("\(told.names) \(told.sources)")
                return
            }
            #expect(!name.contains("secret") && !reason.contains("secret"))
            group.cancelAll()
        }
    }
}
