import FoundationEssentials
import ServiceModel
import TestSupport
import Testing

/// How much is remembered of what failed.
@Suite struct RememberedFailuresTests {
    private func host(failures: Int) throws -> SimulatedHost {
        var host = try SimulatedHost(seed: 3)
        host.hasFaults = false
        host.send(.unit(.managerStarted(nil)))
        host.send(.document(.defined(try Revision("1-abcdef"), try RandomWorldTests.definition(1))))
        host.settle()
        for number in 2..<(failures + 2) {
            let revision = try Revision("\(number)-abcdef")
            host.send(.document(.defined(revision, try RandomWorldTests.definition(number))))
            host.send(.candidate(revision, .claimFailed(Failure("simulated"))))
            host.settle()
        }
        return host
    }

    @Test func `of fifty revisions that failed the last ones are remembered, and the record stays small`() throws {
        let host = try host(failures: 50)
        #expect(host.rollout.failures.byRevision.count <= RolloutPolicy.rememberedFailures + 1)
        #expect(host.rollout.failures[try Revision("51-abcdef")] != nil)
        #expect(host.rollout.failures[try Revision("41-abcdef")] != nil)
        #expect(host.rollout.failures[try Revision("2-abcdef")] == nil)
        let record = host.rollout.record
        #expect(record.failures.map(\.revision.description).last == "51-abcdef")
        // Whoever comes next remembers the same, in the same order.
        let (next, _) = Rollout.recovered(
            host.rollout.service,
            record: record,
            definitions: host.definitions,
            observation: host.observation
        )
        #expect(next.record.failures == record.failures)
    }

    /// A host whose second revision couldn't be started, and whose container had written this.
    private func host(written log: [String]) throws -> SimulatedHost {
        var host = try host(failures: 0)
        let revision = try Revision("2-abcdef")
        host.qualities[revision] = .cannotStart
        host.send(.document(.defined(revision, try RandomWorldTests.definition(2))))
        func isRemoval(_ action: RolloutAction) -> Bool { if case .remove = action { true } else { false } }
        for _ in 0..<100 where !host.outstanding.contains(where: isRemoval) { host.answerOne() }
        let index = try #require(host.outstanding.firstIndex(where: isRemoval))
        guard case .remove(let id, let container) = host.outstanding.remove(at: index) else { return host }
        host.containers[container] = nil
        host.send(.instance(id, .removed(lastLog: log)))
        host.settle()
        return host
    }

    /// How many bytes of a container's last lines are shown, and how many there are in the record as a whole.
    private func size(_ rollout: Rollout) throws -> (log: Int, record: Int) {
        let log = try #require(rollout.status.failed.first).lastLog
        #expect(log.last == "the end")
        return (log.reduce(0) { $0 + $1.utf8.count }, try JSONEncoder().encode(rollout.record).count)
    }

    @Test func `what a failed revision's container wrote is cut before it is kept`() throws {
        let log = Array(repeating: String(repeating: "x", count: 70_000), count: 10) + ["the end"]
        let size = try size(try host(written: log).rollout)
        #expect(1000...4096 ~= size.log)
        #expect(size.record < 16 << 10)
    }

    @Test func `what an earlier daemon kept of it is cut, too`() throws {
        let host = try host(written: ["the end"])
        var record = host.rollout.record
        let log = Array(repeating: String(repeating: "x", count: 70_000), count: 10) + ["the end"]
        record.failures[0].failure.lastLog = log
        let (next, _) = Rollout.recovered(
            host.rollout.service,
            record: record,
            definitions: host.definitions,
            observation: host.observation
        )
        let size = try size(next)
        #expect(1000...4096 ~= size.log)
        #expect(size.record < 16 << 10)
    }

    @Test func `of a container's last lines the last four kilobytes are kept`() {
        let long = String(repeating: "x", count: 700_000)
        let kept = RevisionFailure.lastLines(of: [long, "before", long, "the end"])
        #expect(kept.count == 4)
        #expect(kept.last == "the end")
        #expect(kept[2].hasSuffix("x…"))
        #expect(kept.joined(separator: "\n").utf8.count <= 4096)
        #expect(kept.allSatisfy { $0.utf8.count <= 1024 })
        let many = RevisionFailure.lastLines(of: (0..<10_000).map { "line \($0)" })
        #expect(many.last == "line 9999")
        #expect(many.joined(separator: "\n").utf8.count <= 4096)
        #expect(RevisionFailure.lastLines(of: ["a", "b"]) == ["a", "b"])
        #expect(RevisionFailure.lastLines(of: [String(repeating: "ä", count: 5000)]).first?.utf8.count ?? 0 <= 1024)
    }

    /// Fifty revisions that never serve for long, of which each comes to its end in some way.
    private func host(_ quality: SimulatedHost.Quality, end: (inout SimulatedHost) -> Void) throws -> SimulatedHost {
        var host = try host(failures: 0)
        for number in 2...51 {
            let revision = try Revision("\(number)-abcdef")
            host.qualities[revision] = quality
            host.send(.document(.defined(revision, try RandomWorldTests.definition(number))))
            end(&host)
            host.settle()
            #expect(host.rollout.failures[revision] != nil)
        }
        return host
    }

    @Test func `nothing is kept of how containers of gone revisions ended`() throws {
        let host = try host(.crashes) { _ in }
        #expect(host.rollout.instances.keys.map(\.revision) == [try Revision("1-abcdef")])
        #expect(host.rollout.exits.isEmpty)
    }

    @Test func `nothing is kept of containers that somebody removed, either`() throws {
        let host = try host(.neverHealthy) { host in
            host.settle { !$0.isDeadline }
            let newest = host.rollout.candidate?.revision
            if let container = host.rollout.instances.values.first(where: { $0.id.revision == newest })?.container {
                host.vanish(container)
            }
        }
        #expect(host.rollout.instances.keys.map(\.revision) == [try Revision("1-abcdef")])
        #expect(host.rollout.exits.isEmpty)
    }

    @Test func `nothing is left to remember of a service whose document was deleted`() throws {
        var host = try host(failures: 1)
        #expect(!host.rollout.isForgettable)
        host.send(.document(.withdrawn))
        host.settle()
        host.send(.timerFired(.withdrawal))
        host.settle()
        #expect(host.rollout.isForgettable)
    }
}
