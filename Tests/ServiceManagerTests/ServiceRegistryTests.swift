import ServiceManager
import ServiceModel
import Testing

/// What depends on all services together: when all that the last daemon left are known, and who is told of changes.
@Suite struct ServiceRegistryTests {
    @Test func `it is complete once every service that was found has shown its state`() throws {
        let registry = ServiceRegistry()
        #expect(!registry.isComplete, "it isn't known yet what was found")
        let (web, api) = (try ServiceID("web"), try ServiceID("api"))
        registry.update(Rollout(service: web))
        registry.expect([web, api])
        #expect(!registry.isComplete)
        // One that is gone has said so, too.
        registry.remove(api)
        #expect(registry.isComplete)
    }

    @Test func `a host without services is complete at once`() {
        let registry = ServiceRegistry()
        registry.expect([])
        #expect(registry.isComplete)
    }

    @Test func `the progress of a pull is shown, and wakes nothing that looks at the services`() async throws {
        let board = StatusBoard()
        let web = try ServiceID("web")
        let (shown, services) = (board.changes(), board.registry.changes())
        #expect(await Self.elements(of: shown) { board.setPull("3 of 10 MB", of: web) } == 2)
        #expect(await Self.elements(of: services) { board.setPull("4 of 10 MB", of: web) } == 1)
        var rollout = Rollout(service: web)
        _ = rollout.handle(.unit(.managerStarted(nil)))
        let managed = rollout
        #expect(await Self.elements(of: board.registry.changes()) { board.update(managed) } == 2)
    }

    /// How many elements a stream has before and after something: the first one comes at once.
    private static func elements(of stream: AsyncStream<Void>, after body: @escaping @Sendable () -> Void) async -> Int
    {
        await Task {
            var elements = stream.makeAsyncIterator()
            var count = await elements.next() == nil ? 0 : 1
            body()
            // What has been sent by now is there; nothing else is waited for.
            withUnsafeCurrentTask { $0?.cancel() }
            if await elements.next() != nil { count += 1 }
            return count
        }.value
    }
}
