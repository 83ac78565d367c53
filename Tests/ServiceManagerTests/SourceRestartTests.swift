import ServiceManager
import ServiceModel
import Testing

/// A daemon with two sources of definitions, and the next one over the same state.
@Suite struct SourceRestartTests {
    @Test func `a file that counted goes on counting in the next daemon, also without the database above`()
        throws
    {
        let daemon = SteppedDaemon()
        defer { daemon.close() }
        daemon.readSources()
        daemon.define(1)
        daemon.pass(.seconds(10))
        #expect(daemon.status()?.current == "1-abcdef")
        #expect(daemon.store.source(of: try ServiceID("web")) == SteppedDaemon.directory)
        daemon.restart()
        daemon.send(.source(.unavailable("connection refused"), SteppedDaemon.database))
        daemon.define(2)
        daemon.send(.source(.available, SteppedDaemon.directory))
        daemon.pass(.seconds(10))
        #expect(daemon.status()?.current == "2-abcdef")
        #expect(daemon.status()?.source == "/services")
    }

    @Test func `a file that was shadowed doesn't count in the next daemon, also without the database above`()
        throws
    {
        let daemon = SteppedDaemon()
        defer { daemon.close() }
        daemon.send(.source(.present(SteppedDaemon.document(1)), SteppedDaemon.database))
        daemon.define(2)
        daemon.readSources()
        daemon.pass(.seconds(10))
        #expect(daemon.status()?.current == "1-abcdef")
        #expect(daemon.store.source(of: try ServiceID("web")) == SteppedDaemon.database)
        daemon.restart()
        daemon.send(.source(.unavailable("connection refused"), SteppedDaemon.database))
        daemon.define(2)
        daemon.send(.source(.available, SteppedDaemon.directory))
        daemon.pass(.seconds(60))
        #expect(daemon.status()?.current == "1-abcdef")
        #expect(daemon.status()?.state == .running)
        #expect(!daemon.host.calls.contains { $0.hasSuffix("web:2") })
        // The file is deleted, and the database is read and has nothing of it: what it counted for runs on.
        daemon.send(.source(.deleted(id: "web"), SteppedDaemon.directory))
        daemon.readSources()
        daemon.pass(.seconds(60))
        #expect(daemon.status()?.state == .running)
    }
}
