import Addresses
import ServiceManager
import ServiceModel
import Testing

/// The shell around the rollout: the real supervisor, runner, state files and intake over a host in memory.
@Suite struct SupervisorTests {
    @Test(.timeLimit(.minutes(5)))
    func `a revision replaces another: it serves first, then the old one is drained, stopped, deleted and removed`()
        async throws
    {
        let host = FakeHost()
        try await withManager(host) { inbox, board in
            let origin = DefinitionOrigin.directory("test")
            inbox.send(.source(webDocument(1), origin))
            await board.wait { $0.state == .running }
            inbox.send(.source(webDocument(2), origin))
            await board.wait { $0.state == .running && $0.current == "2-abcdef" && $0.backends.count == 1 }
        }
        #expect(
            host.calls == [
                "add 172.18.0.1:7001", "pull web:1", "create 1 web:1", "start 1", "set 172.17.0.1:80 1",
                "pull web:2", "create 2 web:2", "start 2", "set 172.17.0.2:80 1", "set 172.17.0.1:80 0", "stop 1",
                "delete 172.17.0.1:80", "remove 1",
            ]
        )
    }

    @Test(.timeLimit(.minutes(5)))
    func `a revision that never answers its check is removed, and the old one was never touched`() async throws {
        let host = FakeHost()
        host.makeSick("web:2")
        try await withManager(host) { inbox, board in
            let origin = DefinitionOrigin.directory("test")
            inbox.send(.source(webDocument(1), origin))
            await board.wait { $0.state == .running }
            inbox.send(.source(webDocument(2), origin))
            await board.wait { $0.stage == "running" && $0.givesUpAt != nil }
            let left = try #require(board.left(of: try ServiceID("web")))
            #expect(left > .seconds(800) && left <= .seconds(900), "progress_deadline is 15 min")
            await board.wait { $0.state == .degraded && $0.backends.count == 1 && $0.givesUpAt == nil }
            let status = try #require(board.statuses.first)
            #expect(status.current == "1-abcdef")
            #expect(status.failed.map(\.phase) == ["healthy"])
            #expect(status.failed.map(\.lastProbe) == ["GET / → 500"])
            #expect(status.failed.map(\.lastLog) == [["bye"]])
        }
        #expect(!host.calls.contains("stop 1"))
        #expect(!host.calls.contains("set 172.17.0.1:80 0"))
    }

    @Test(.timeLimit(.minutes(5)))
    func `a document that isn't a definition is refused with its reasons, and what runs stays`() async throws {
        let host = FakeHost()
        try await withManager(host) { inbox, board in
            let origin = DefinitionOrigin.directory("test")
            inbox.send(.source(webDocument(1), origin))
            await board.wait { $0.state == .running }
            let bad = SourceDocument(
                id: "web",
                revision: "2-bad",
                body: [UInt8](#"{"image": "web:2", "port": "80x"}"#.utf8)
            )
            inbox.send(.source(.present(bad), origin))
            await board.wait { $0.rejected != nil }
            let status = try #require(board.statuses.first)
            #expect(status.state == .degraded)
            #expect(status.rejected?.revision == "2-bad")
            #expect(status.rejected?.reasons.first?.contains("expected a number from 1 to 65535") == true)
        }
        #expect(host.containers == 1)
    }

    @Test(.timeLimit(.minutes(1)))
    func `handshakes that no client completes don't hold up a rollout for the whole drain_timeout`() async throws {
        let host = FakeHost()
        try await withManager(host) { inbox, board in
            let origin = DefinitionOrigin.directory("test")
            inbox.send(.source(webDocument(1, drainTimeout: "1h"), origin))
            await board.wait { $0.state == .running }
            host.leave(2, OpenConnections(established: 0, halfOpen: ["a", "b"]))
            inbox.send(.source(webDocument(2, drainTimeout: "1h"), origin))
            await board.wait { $0.state == .running && $0.current == "2-abcdef" && $0.backends.count == 1 }
        }
        #expect(host.calls.suffix(3) == ["stop 1", "delete 172.17.0.1:80", "remove 1"])
    }

    @Test(.timeLimit(.minutes(1)))
    func `nothing stays of a service whose document was deleted, and it can come again`() async throws {
        let host = FakeHost()
        try await withManager(host) { inbox, board in
            let origin = DefinitionOrigin.directory("test")
            inbox.send(.source(webDocument(1), origin))
            await board.wait { $0.state == .running }
            inbox.send(.source(.deleted(id: "web"), origin))
            for await _ in board.changes() where board.statuses.isEmpty { break }
            #expect(host.table.isEmpty)
            inbox.send(.source(webDocument(2), origin))
            await board.wait { $0.state == .running && $0.current == "2-abcdef" }
        }
        #expect(host.containers == 1)
    }

    /// Units that never have what a container wrote.
    private struct SilentUnits: UnitKeeping {
        func update(_ wishes: UnitWishes) {}
        func defined(_ definition: AcceptedDefinition, of service: ServiceID) {}
        func withdrawn(_ service: ServiceID) {}
        func isGone(_ service: ServiceID) async -> Bool { false }

        func outputCopied(of container: ContainerID, _ service: ServiceID) async {
            let (never, continuation) = AsyncStream.makeStream(of: Void.self)
            for await _ in never {}
            continuation.finish()
        }
    }

    @Test(.timeLimit(.minutes(5)))
    func `a container that never ran is removed without waiting for what it wrote`() async throws {
        let host = FakeHost()
        host.makeUnstartable("web:2")
        try await withManager(host, units: SilentUnits()) { inbox, board in
            inbox.send(.source(webDocument(1), .directory("test")))
            await board.wait { $0.state == .running }
            inbox.send(.source(webDocument(2), .directory("test")))
            await board.wait { $0.failed.first?.phase == "start" && $0.backends.count == 1 }
        }
        #expect(host.calls.contains("remove 2"))
        #expect(host.containers == 1)
    }
}
