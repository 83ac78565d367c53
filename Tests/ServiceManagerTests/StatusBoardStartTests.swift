import ServiceManager
import ServiceModel
import Testing

/// When the board has what the last daemon left.
@Suite struct StatusBoardStartTests {
    @Test func `the board is complete once every service that was found has shown its state`() throws {
        let board = StatusBoard()
        #expect(!board.isComplete, "it isn't known yet what was found")
        let (web, api) = (try ServiceID("web"), try ServiceID("api"))
        board.update(Rollout(service: web))
        board.expect([web, api])
        #expect(!board.isComplete)
        // One that is gone has said so, too.
        board.update(Rollout(service: api))
        board.update(Rollout(service: web))
        #expect(board.isComplete)
    }

    @Test func `a host without services is complete at once`() {
        let board = StatusBoard()
        board.expect([])
        #expect(board.isComplete)
    }
}
