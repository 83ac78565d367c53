import Testing
import TestSupport

/// Holds the stand-in against what a real CouchDB answered to the same requests.
@Suite(.timeLimit(.minutes(5)))
struct TranscriptReplayTests {
    @Test(arguments: TranscriptScenario.all)
    func `the stand-in answers like the real one`(scenario: TranscriptScenario) async throws {
        let transcript = try Transcript(scenario.name)
        let replay = try await TranscriptReplay.start(speed: scenario.speed)
        let replayed: Int
        do {
            replayed = try await Self.replay(scenario, transcript, replay)
        } catch {
            try await replay.stop()
            throw error
        }
        try await replay.stop()
        #expect(replayed > 0)
        #expect(replayed + scenario.skipped.count == transcript.exchanges.count)
    }

    private static func replay(
        _ scenario: TranscriptScenario,
        _ transcript: Transcript,
        _ replay: TranscriptReplay
    ) async throws -> Int {
        for step in scenario.setup { try await replay.perform(step) }
        var replayed = 0
        for exchange in transcript.exchanges where scenario.skipped[exchange.number] == nil {
            for step in scenario.before[exchange.number] ?? [] { try await replay.perform(step) }
            if exchange.feed != nil {
                try await replay.compareFeed(exchange, during: scenario.during[exchange.number] ?? [])
            } else {
                try await replay.compareAnswer(exchange)
            }
            replayed += 1
        }
        return replayed
    }
}
