import Addresses
import Testing

@testable import ServiceModel

/// What each event does in each state, literally: `Fixtures/*-table.txt`.
@Suite struct StateTableTests {
    private func instanceEvents(_ states: States, _ id: InstanceID) -> [(name: String, event: RolloutEvent)] {
        let passing = states.passing
        let container = ContainerID("container\(id.attempt)")
        return [
            ("its turn", .host(.turnGiven(.start(id)))),
            ("created", .instance(id, .created(ContainerID("container1")))),
            ("create failed", .instance(id, .createFailed(passing))),
            ("create failed for good", .instance(id, .createFailed(states.failure))),
            ("Docker was away", .instance(id, .createFailed(states.outage))),
            ("start failed for good", .instance(id, .startFailed(states.failure))),
            ("started", .instance(id, .started(states.endpoint))),
            ("start failed", .instance(id, .startFailed(passing))),
            ("attached", .instance(id, .attached)), ("attach failed", .instance(id, .attachFailed(passing))),
            ("attach failed for good", .instance(id, .attachFailed(states.failure))),
            ("drained", .instance(id, .drained)),
            ("drain failed", .instance(id, .drainFailed(passing))),
            ("stop failed", .instance(id, .stopFailed(passing))),
            ("detached", .instance(id, .detached)), ("detach failed", .instance(id, .detachFailed(passing))),
            ("removed", .instance(id, .removed(lastLog: []))), ("remove failed", .instance(id, .removeFailed(passing))),
            ("probes pass", .instance(id, .probed(.passing))),
            ("probes fail", .instance(id, .probed(.failing("GET / → 503")))),
            ("failed restart_after times", .instance(id, .exhausted("GET / → 503"))),
            ("paused by hand", .host(.container(container, .suspended(true)))),
            ("unpaused by hand", .host(.container(container, .suspended(false)))),
            ("lost its network", .host(.container(container, .disconnected))),
            ("process ended", .host(.container(container, .ended(nil)))),
            ("exited", .host(.container(container, .ended(ExitReport(code: 1))))),
            ("exited as told", .instance(id, .exited(ExitReport(code: 0)))),
            ("exited by hand", .host(.container(container, .ended(ExitReport(code: 0, isByHand: true))))),
            ("vanished", .host(.container(container, .vanished))),
            ("restarted by hand", .host(.container(container, .restarted(states.otherEndpoint)))),
            ("stranger with its labels", .host(.container(ContainerID("stranger"), .ended(ExitReport(code: 1))))),
            ("drained by hand", .operator(.drainRequested(id, isForced: false))),
            ("drained by force", .operator(.drainRequested(id, isForced: true))),
            ("undrained", .operator(.undrainRequested(id))),
            ("start_deadline", .timerFired(.start(id))), ("healthy_deadline", .timerFired(.healthy(id))),
            ("min_healthy", .timerFired(.minHealthy(id))), ("drain_timeout", .timerFired(.drain(id))),
            ("command again", .timerFired(.retry(id))),
        ]
    }

    private func serviceEvents(_ states: States) throws -> [(name: String, event: RolloutEvent)] {
        let (old, new) = (states.old, states.new)
        let newest = try states.definition("web:3")
        var disabled = newest
        disabled.enabled = false
        let note = states.note
        return [
            ("newer revision", .document(.defined(try Revision("3-newest"), newest))),
            ("newer, switched off", .document(.defined(try Revision("3-newest"), disabled))),
            ("same revision", .document(.defined(new, try states.definition("web:2")))),
            ("invalid revision", .document(.rejected(try Revision("3-newest"), ["port: expected a number"]))),
            ("withdrawn", .document(.withdrawn)), ("withdrawal's grace", .timerFired(.withdrawal)),
            ("sources asked", .document(.sourcesAsked("/services: no file web.json"))),
            ("document overdue", .timerFired(.document)),
            ("manager started", .unit(.managerStarted(nil))), ("manager stops", .unit(.managerStopRequested)),
            ("manager found missing", .unit(.managerFound(.missing))),
            ("name of units taken", .unit(.unitsTaken(by: "/lib/systemd/system/web@.service"))),
            ("unit of old stops", .unit(.revisionStopRequested(old))),
            ("unit of new stops", .unit(.revisionStopRequested(new))),
            ("unit of old starts", .unit(.revisionStartRequested(old))),
            ("end of stop by hand", .timerFired(.handStop)), ("retry", .operator(.retryRequested)),
            ("pause", .operator(.pauseRequested(note))), ("resume", .operator(.resumeRequested)),
            ("rollback to old", .operator(.rollbackRequested(old, try states.definition("web:1"), note))),
            ("promote", .operator(.promoteRequested)), ("abort", .operator(.abortRequested(note))),
            ("restart", .operator(.restartRequested(note))),
            ("Docker is back", .host(.engineReturned)),
            ("adopted as old", .operator(.adopted(states.adopted(old)))),
            ("adopted as new", .operator(.adopted(states.adopted(new)))),
            ("released", .host(.addressesReleased([states.address]))),
            ("claimed", .candidate(new, .addressesClaimed([states.address]))),
            ("addresses changed", .host(.addressesChanged)),
            ("claim failed", .candidate(new, .claimFailed(states.passing))),
            ("claim failed for good", .candidate(new, .claimFailed(states.failure))),
            ("end of the wait", .timerFired(.claim(new))), ("claim again", .timerFired(.claimRetry(new))),
            ("turn to pull", .host(.turnGiven(.pull(new)))),
            ("pulled", .candidate(new, .pulled(ImageID("sha256:2")))),
            ("pull failed", .candidate(new, .pullFailed(states.passing))),
            ("pull failed for good", .candidate(new, .pullFailed(states.failure))),
            ("pull again", .timerFired(.pullRetry(new))),
            ("pull_deadline", .timerFired(.pull(new))), ("progress_deadline", .timerFired(.progress(new))),
            ("images of old removed", .host(.imagesRemoved([old]))),
            ("stray of old", .host(.strayFound(try states.stray(old)))),
            ("canary's hold", .timerFired(.hold(new))), ("restart of slot 1", .timerFired(.restart(slot: 1))),
        ]
    }

    @Test func `each event in each phase of an instance does what the table says`() throws {
        let states = try States()
        var table = StateTable(
            title: """
                What each event does to an instance ("it") in each phase. "its twin" serves and has settled.
                stays: the phase is the same. ignored: it fits no such instance, and nothing happens.
                """
        )
        var events = 0
        for role in States.Role.allCases {
            for phase in Instance.Phase.allCases {
                let (rollout, id) = try states.rollout(role, in: phase)
                let twin = rollout.instances.keys.first { $0 != id }
                var names = [(id.description, "it")]
                if let twin { names.append((twin.description, "its twin")) }
                // A state that an event of no concern moves on is never rested in.
                let atRest: (name: String, event: RolloutEvent) = ("(at once)", .host(.addressesChanged))
                var moved = rollout
                let isAtRest = moved.handle(.host(.addressesChanged)).isEmpty
                let all = isAtRest ? instanceEvents(states, id) : [atRest]
                events = max(events, all.count)
                table.add("\(role.rawValue): \(phase)", rollout, all, names: names) {
                    $0.instances[id].map { "\($0.phase)" } ?? "gone"
                }
            }
        }
        #expect(table.rows > 1_000)
        try GoldenFile(name: "phase-table.txt").expect(table.text)
    }

    @Test func `each event in each stage of a candidate does what the table says`() throws {
        let states = try States()
        var table = StateTable(title: "What each event does to a candidate, 2-new, in each stage; 1-old is current.")
        for isFirst in [false, true] {
            for stage in Candidate.StageName.allCases {
                // The very first finds nothing to clear away, and no canary.
                if isFirst, stage == .clearing || stage == .holding { continue }
                let rollout = try states.candidate(stage, isFirst: isFirst)
                let title = isFirst ? "the very first: \(stage)" : "successor: \(stage)"
                table.add(title, rollout, try serviceEvents(states), names: []) { after in
                    let candidate = after.candidate.map { "\($0.revision) \($0.stage.name)" } ?? "no candidate"
                    return "\(candidate), \(Text.of(after.management))"
                }
            }
        }
        try GoldenFile(name: "candidate-table.txt").expect(table.text)
    }

    @Test func `each event in each state of a service does what the table says`() throws {
        let states = try States()
        var table = StateTable(title: "What each event does to a service of which 1-old is or was current.")
        let kinds: [Management] = [
            .unmanaged, .managed, .stopping(.manager), .stopping(.withdrawn), .stopping(.disabled),
            .disabled,
            .failed(states.old),
        ]
        var all = try kinds.map { (Text.of($0), try states.management($0)) }
        all.append(("unmanaged, 2-new has failed", try states.failedNewer(.unmanaged)))
        all.append(("managed, 2-new has failed", try states.failedNewer(.managed)))
        for (title, rollout) in all {
            table.add(title, rollout, try serviceEvents(states), names: []) { after in
                "\(Text.of(after.management))\(after.document.isWithdrawing ? ", to be withdrawn" : "")\(after.pause == nil ? "" : ", paused")"
            }
        }
        try GoldenFile(name: "management-table.txt").expect(table.text)
    }

    @Test func `no kind of event, phase, stage or state is left out of the tables`() throws {
        let states = try States()
        let id = InstanceID(revision: states.old, slot: 1, attempt: 1)
        let events = instanceEvents(states, id).map(\.event) + (try serviceEvents(states)).map(\.event)
        #expect(Set(events.map { EventKind($0) }) == Set(EventKind.allCases))
    }
}
