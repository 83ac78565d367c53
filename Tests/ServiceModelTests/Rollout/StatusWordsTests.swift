import Addresses
import ServiceModel
import TestSupport
import Testing

/// What a person is told of a service's state: what it waits for, and what to do that leads somewhere.
@Suite struct StatusWordsTests {
    let note = OperatorNote(by: "anna")

    private func revision(_ number: Int) throws -> Revision { try Revision("\(number)-abcdef") }

    private func definition(_ number: Int, address: Bool = true) throws -> ServiceDefinition {
        var definition = ServiceDefinition(image: "web:\(number)", port: try Port("80"))
        if address { definition.addresses = [try ServiceAddress("172.18.0.1:7001")] }
        return definition
    }

    private func serving() throws -> SimulatedHost {
        var host = try SimulatedHost(seed: 7)
        host.hasFaults = false
        host.send(.unit(.managerStarted(nil)))
        host.send(.document(.defined(try revision(1), try definition(1))))
        host.settle()
        return host
    }

    // MARK: The manager's unit

    @Test func `a new service is starting until its manager's unit was looked for`() throws {
        var rollout = Rollout(service: try ServiceID("web"))
        _ = rollout.handle(.document(.defined(try revision(1), try definition(1))))
        #expect(rollout.status.state == .rolling)
        #expect(rollout.status.detail == "starting: its manager is about to start")
    }

    @Test func `a document without an address and without a unit is told to name an address`() throws {
        var rollout = Rollout(service: try ServiceID("web"))
        _ = rollout.handle(.document(.defined(try revision(1), try definition(1, address: false))))
        _ = rollout.handle(.unit(.managerFound(.missing)))
        #expect(rollout.status.state == .failed)
        let detail = try #require(rollout.status.detail)
        #expect(detail.contains("add \"address\": \"ADDRESS:PORT\""))
        #expect(!detail.contains("systemctl start"), "there is no such unit")
        _ = rollout.handle(.document(.defined(try revision(2), try definition(2))))
        #expect(rollout.status.state == .rolling, "it has an address now, and gets a unit")
    }

    @Test func `a service that a person stopped says how to start it, also after a restart of the daemon`() throws {
        var host = try serving()
        host.send(.unit(.managerStopRequested))
        host.settle()
        for restarts in [false, true] {
            if restarts { host.restartDaemon() }
            #expect(host.rollout.status.state == .stopped)
            #expect(host.rollout.status.detail == "its manager isn't started: systemctl start web@manager")
        }
    }

    // MARK: Rollbacks

    /// A service of which 2 has failed, and 1 was kept.
    private func failed() throws -> SimulatedHost {
        var host = try serving()
        host.qualities[try revision(2)] = .cannotStart
        host.send(.document(.defined(try revision(2), try definition(2))))
        host.settle()
        #expect(host.rollout.status.state == .degraded)
        return host
    }

    @Test func `a service that a person rolled back serves as ordered`() throws {
        var host = try failed()
        let first = try revision(1)
        host.send(.operator(.rollbackRequested(first, try #require(host.definitions[first]), note)))
        host.settle()
        #expect(host.rollout.status.state == .running)
        #expect(host.rollout.status.detail == "rolled back to 1-abcdef by anna: smctl resume web")
        #expect(host.rollout.status.rolledBack?.revision == "1-abcdef")
        #expect(host.rollout.status.rolledBack?.by == "anna")
    }

    @Test func `the end of a rollback says what follows`() throws {
        var host = try failed()
        let first = try revision(1)
        host.send(.operator(.rollbackRequested(first, try #require(host.definitions[first]), note)))
        host.settle()
        #expect(
            try OperatorPlan.resume(host.rollout).message
                == "the rollback to 1-abcdef has ended: 2-abcdef has failed before "
                + "and isn't tried again by itself: smctl retry web"
        )
        var other = try serving()
        other.send(.document(.defined(try revision(2), try definition(2))))
        other.settle()
        other.send(.operator(.rollbackRequested(first, try definition(1), note)))
        other.settle()
        #expect(
            try OperatorPlan.resume(other.rollout).message
                == "the rollback to 1-abcdef has ended: 2-abcdef is rolled out"
        )
    }

    // MARK: Addresses

    @Test func `a wait for an address needs attention after a moment`() throws {
        for isFirst in [true, false] {
            var host = try SimulatedHost(seed: 3)
            if !isFirst { host = try serving() }
            host.hasFaults = false
            host.send(.unit(.managerStarted(nil)))
            var definition = try definition(2)
            definition.addresses = [try ServiceAddress("172.18.0.9:7001")]
            host.send(.document(.defined(try revision(2), definition)))
            for attempt in 1...4 {
                host.outstanding = []
                host.send(.candidate(try revision(2), .claimFailed(Failure("api has it", isTransient: true))))
                let expected: ServiceStatus.State = attempt < 4 ? .rolling : isFirst ? .failed : .degraded
                #expect(host.rollout.status.state == expected, "after \(attempt)")
                #expect(host.rollout.status.detail?.contains("waiting for its address: api has it") == true)
                host.fire(.claimRetry(try revision(2)))
            }
        }
    }

    // MARK: Odds and ends

    @Test func `a service whose document was deleted promises no restart that won't be`() throws {
        var host = try serving()
        host.stopByHand(try #require(host.containers.keys.first))
        while !host.outstanding.isEmpty { host.answerOne() }
        #expect(host.rollout.status.restarts?.count == 1)
        host.send(.document(.withdrawn))
        #expect(host.rollout.status.detail == "its document was deleted: it stops in a few seconds")
        #expect(host.rollout.status.restarts == nil)
    }

    @Test func `a candidate's backend that a person drained is said to be that, and not ejected`() throws {
        var host = try serving()
        host.send(.document(.defined(try revision(2), try definition(2))))
        host.settle { if case .minHealthy = $0 { false } else { !$0.isDeadline } }
        let id = try #require(host.rollout.serving.first { $0.id.revision.rawValue == "2-abcdef" }?.id)
        host.send(.operator(.drainRequested(id, isForced: false)))
        while !host.outstanding.isEmpty { host.answerOne() }
        #expect(host.rollout.status.detail == "2-abcdef: slot 1 is drained by hand: smctl undrain web")
    }

    @Test func `what is left of a service that stops is counted in words that fit`() throws {
        var host = try serving()
        host.send(.unit(.managerStopRequested))
        #expect(host.rollout.status.detail == "its manager was stopped; 1 container left")
    }

    // MARK: Logs

    @Test func `lines of a revision are read from Docker, and once its containers are gone in the journal`() throws {
        let host = try failed()
        let container = try #require(host.rollout.serving.first?.container)
        #expect(
            try LogPlan(host.rollout, revision: nil, remembered: [])
                == .containers(try revision(1), [LogSource(slot: 1, container: container)])
        )
        #expect(try LogPlan(host.rollout, revision: "2-ab", remembered: []) == .journal(try revision(2)))
        #expect(try LogPlan(host.rollout, revision: "3-", remembered: [try revision(3)]) == .journal(try revision(3)))
        let refusal = #expect(throws: OperatorRefusal.self) {
            try LogPlan(host.rollout, revision: "zzz", remembered: [])
        }
        #expect(refusal == OperatorRefusal("web has no revision zzz", next: "smctl history web lists them"))
    }
}
