import ServiceManager
import ServiceModel
import Testing

/// A rollout that breaks its promises in production.
@Suite struct PromiseWatchTests {
    @Test func `a broken promise is told, counted, and found by the doctor`() throws {
        let board = StatusBoard()
        let log = RecordedLog()
        var serving = try Rollout.serving("1")
        let instance = try #require(serving.instances.keys.first)
        _ = serving.handle(.timerFired(.minHealthy(instance)))
        let watch = PromiseWatch(serving.service, board: board, logger: log.logger)
        watch.look(before: serving, event: .host(.addressesChanged), actions: [], after: serving)
        #expect(board.brokenPromises.isEmpty)
        #expect(log.lines.isEmpty)
        var empty = Rollout(service: serving.service)
        _ = empty.handle(.unit(.managerStarted(nil)))
        for _ in 0..<2 {
            watch.look(before: serving, event: .host(.addressesChanged), actions: [], after: empty)
        }
        #expect(board.brokenPromises["I1"] == 2)
        #expect(log.lines.first?.contains("I1: nothing serves after: addresses of the host changed") == true)
        let check = try #require(ServiceExamination([], brokenPromises: board.brokenPromises).checks.last)
        #expect(check.state == .broken)
        #expect(check.found.contains("I1 2 times"))
    }
}
