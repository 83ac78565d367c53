import ServiceModel
import Testing

/// What a person is told later of what became of each revision.
@Suite struct HistoryTests {
    private let anna = OperatorNote(by: "anna", reason: "wrong prices")

    private func revision(_ number: Int) throws -> Revision { try Revision("\(number)-abc") }

    /// What is remembered of these notices, which came a minute apart: `2-abc current: document, 10:01-10:02`.
    private func lines(_ notices: [RolloutNotice]) -> [String] {
        var history = ServiceHistory()
        for (minute, notice) in notices.enumerated() {
            let time = "10:\(minute < 10 ? "0" : "")\(minute)"
            // What isn't part of a history is never handed to one.
            if history.take(notice, image: "web", at: time) { #expect(notice.isHistory, "\(notice)") }
        }
        return history.entries.map { entry in
            let times = [entry.began, entry.ended, entry.left].map { $0 ?? "" }.joined(separator: "-")
            return "\(entry.revision) \(entry.result.rawValue): \(entry.cause), \(times)"
                + (entry.detail.map { ", \($0)" } ?? "")
        }
    }

    @Test func `a revision that replaces another is current, and the other retired`() throws {
        let found = lines([
            .rolloutBegan(try revision(1), from: nil), .rolloutCompleted(try revision(1)),
            .rolloutBegan(try revision(2), from: try revision(1)), .rolloutCompleted(try revision(2)),
        ])
        #expect(found == ["1-abc retired: document, 10:00-10:01-10:03", "2-abc current: document, 10:02-10:03-"])
    }

    @Test func `one that failed says in which phase and why, and that it was tried again`() throws {
        let failure = RevisionFailure(phase: .healthy, message: "GET / → 503")
        let found = lines([
            .rolloutBegan(try revision(1), from: nil), .rolloutFailed(try revision(1), failure, kept: nil),
            .rolloutBegan(try revision(1), from: nil),
        ])
        #expect(
            found == [
                "1-abc failed: document, 10:00-10:01-, healthy: GET / → 503", "1-abc rolling: tried again, 10:02--",
            ]
        )
    }

    @Test func `one that was superseded says by what`() throws {
        let found = lines([
            .rolloutBegan(try revision(1), from: nil), .rolloutSuperseded(try revision(1), by: try revision(2)),
        ])
        #expect(found == ["1-abc superseded: document, 10:00-10:01-, by 2-abc"])
    }

    @Test func `a rollback says who wanted it and why, and so does its end`() throws {
        let found = lines([
            .rolloutBegan(try revision(1), from: nil), .rolloutCompleted(try revision(1)),
            .rolloutBegan(try revision(2), from: nil), .rolloutCompleted(try revision(2)),
            .rolledBack(to: try revision(1), anna), .rolloutBegan(try revision(1), from: try revision(2)),
            .rolloutCompleted(try revision(1)), .unpinned(try revision(1)),
            .rolloutBegan(try revision(2), from: try revision(1)),
        ])
        #expect(
            found[2...] == [
                "1-abc current: rollback by anna (wrong prices), from 2-abc, 10:05-10:06-",
                "2-abc rolling: end of a rollback, 10:08--",
            ]
        )
    }

    @Test func `one that a person gave up says who did, why, and for what`() throws {
        let found = lines([
            .rolloutBegan(try revision(1), from: nil),
            .rolloutGivenUp(try revision(1), anna, for: nil, kept: nil),
            .rolloutBegan(try revision(1), from: nil),
            .rolloutGivenUp(try revision(1), OperatorNote(by: "bert"), for: try revision(0), kept: try revision(0)),
        ])
        #expect(
            found == [
                "1-abc aborted: document, 10:00-10:01-, by anna (wrong prices)",
                "1-abc aborted: tried again, 10:02-10:03-, rollback to 0-abc by bert",
            ]
        )
    }

    @Test func `the last probe of one that was never healthy is there`() throws {
        let failure = RevisionFailure(phase: .healthy, message: "not healthy within 5m", lastProbe: "GET / → 503")
        let found = lines([
            .rolloutBegan(try revision(1), from: nil), .rolloutFailed(try revision(1), failure, kept: nil),
        ])
        #expect(found[0].hasSuffix(", healthy: not healthy within 5m; last probe: GET / → 503"))
    }

    @Test func `a new document that ends a rollback is a new document`() throws {
        let found = lines([
            .rolledBack(to: try revision(1), anna), .unpinned(try revision(1)),
            .rolloutBegan(try revision(3), from: nil),
        ])
        #expect(found == ["3-abc rolling: document, 10:02--"])
    }

    @Test func `what isn't rolled out is there, too`() throws {
        let found = lines([
            .definitionRejected(try revision(1), ["port: a number", "image: a text"], kept: nil),
            .unchanged(try revision(3), current: try revision(2)),
            .restarting(try revision(2), OperatorNote(by: "bert")),
        ])
        #expect(
            found == [
                "1-abc rejected: document, 10:00-10:00-, port: a number; image: a text",
                "3-abc unchanged: document, 10:01-10:01-, the same as 2-abc",
                "2-abc restarted: restart by bert, 10:02-10:02-",
            ]
        )
    }

    @Test func `a service that was stopped says why, and begins again`() throws {
        let found = lines([
            .rolloutBegan(try revision(1), from: nil), .rolloutCompleted(try revision(1)),
            .serviceStopping(reason: .manager), .rolloutBegan(try revision(1), from: nil),
        ])
        #expect(
            found == [
                "1-abc stopped: document, 10:00-10:01-10:02, its manager was stopped",
                "1-abc rolling: started again, 10:03--",
            ]
        )
    }

    @Test func `a daemon that was restarted in the middle goes on with the same entry`() throws {
        let found = lines([
            .rolloutBegan(try revision(1), from: nil), .rolloutBegan(try revision(1), from: nil),
            .rolloutCompleted(try revision(1)),
        ])
        #expect(found == ["1-abc current: document, 10:00-10:02-"])
    }

    @Test func `an end whose beginning was lost is remembered all the same`() throws {
        #expect(lines([.rolloutCompleted(try revision(1))]) == ["1-abc current: unknown, 10:00-10:00-"])
    }

    @Test func `it has the newest, and not more than it may`() throws {
        let found = lines(try (1...60).map { .rolloutBegan(try revision($0), from: nil) })
        #expect(found.count == ServiceHistory.capacity)
        #expect(found.last?.hasPrefix("60-abc") == true)
        #expect(found.first?.hasPrefix("11-abc") == true)
    }

    @Test func `what is only for the journal changes nothing`() throws {
        let notices: [RolloutNotice] = [.resumed, .serviceStopped, .canaryPromoted(try revision(1))]
        #expect(lines(notices) == [])
        #expect(notices.filter(\.isHistory).isEmpty)
    }

    @Test func `the row that is current is the revision that the rollout says is`() throws {
        var history = ServiceHistory()
        for notice in [
            .rolloutBegan(try revision(1), from: nil), .rolloutCompleted(try revision(1)),
            .rolloutBegan(try revision(2), from: try revision(1)),
            .rolloutSuperseded(try revision(2), by: try revision(3)),
        ] as [RolloutNotice] {
            _ = history.take(notice, image: "web", at: "10:00")
        }
        // It is all that serves when the third comes.
        let isChanged1 = history.settle(current: try revision(2), image: "web", at: "10:01")
        #expect(isChanged1)
        #expect(history.entries.map { "\($0.revision) \($0.result.rawValue)" } == ["1-abc retired", "2-abc current"])
        #expect(history.entries.last?.detail == "superseded by 3-abc, and serves until that does")
        let isChanged2 = history.settle(current: try revision(2), image: "web", at: "10:02")
        #expect(!isChanged2)
        _ = history.take(.rolloutBegan(try revision(3), from: try revision(2)), image: "web", at: "10:02")
        _ = history.take(.rolloutCompleted(try revision(3)), image: nil, at: "10:03")
        let isChanged3 = history.settle(current: try revision(3), image: "web", at: "10:03")
        #expect(!isChanged3)
        #expect(
            history.entries.map { "\($0.revision) \($0.result.rawValue)" } == [
                "1-abc retired", "2-abc retired", "3-abc current",
            ]
        )
    }

    @Test func `what serves again after its manager was stopped has a row of its own`() throws {
        var history = ServiceHistory()
        for notice in [
            .rolloutBegan(try revision(1), from: nil), .rolloutCompleted(try revision(1)),
            .serviceStopping(reason: .manager),
        ] as [RolloutNotice] {
            _ = history.take(notice, image: "web", at: "10:00")
        }
        let isChanged4 = history.settle(current: try revision(1), image: "web:1", at: "10:01")
        #expect(isChanged4)
        #expect(history.entries.map(\.result) == [.stopped, .current])
        #expect(history.entries.last?.cause == "serves again")
        #expect(history.entries.last?.image == "web:1")
    }

    @Test func `a document that comes during a pause waits, and the row goes on when it is rolled`() throws {
        let held: RolloutNotice = .definitionHeld(try revision(2), image: "web", anna)
        let waiting = lines([.rolloutBegan(try revision(1), from: nil), .rolloutCompleted(try revision(1)), held])
        #expect(waiting.last == "2-abc waiting: document, 10:02--, waits: paused by anna")
        let newer: RolloutNotice = .definitionHeld(try revision(3), image: "web", anna)
        let found = lines([
            .rolloutBegan(try revision(1), from: nil), .rolloutCompleted(try revision(1)), held, held, newer,
            .rolloutBegan(try revision(3), from: try revision(1)), .rolloutCompleted(try revision(3)),
        ])
        #expect(
            found == [
                "1-abc retired: document, 10:00-10:01-10:06", "2-abc superseded: document, 10:02-10:04-, by 3-abc",
                "3-abc current: document, 10:04-10:06-",
            ]
        )
    }
}
