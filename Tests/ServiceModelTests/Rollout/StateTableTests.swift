import Addresses
import Testing

@testable import ServiceModel

/// What each event does in each state, literally: `Fixtures/*-table.txt`.
@Suite struct StateTableTests {
    private func instanceEvents(_ states: States, _ id: InstanceID) -> [(name: String, event: RolloutEvent)] {
        let passing = states.passing
        return [
            ("its turn", .turnGiven(.start(id))),
            ("created", .created(id, ContainerID("container1"))), ("create failed", .createFailed(id, passing)),
            ("create failed for good", .createFailed(id, states.failure)),
            ("Docker was away", .createFailed(id, states.outage)),
            ("start failed for good", .startFailed(id, states.failure)),
            ("started", .started(id, states.endpoint)), ("start failed", .startFailed(id, passing)),
            ("attached", .attached(id)), ("attach failed", .attachFailed(id, passing)),
            ("attach failed for good", .attachFailed(id, states.failure)), ("drained", .drained(id)),
            ("drain failed", .drainFailed(id, passing)), ("stop failed", .stopFailed(id, passing)),
            ("detached", .detached(id)), ("detach failed", .detachFailed(id, passing)),
            ("removed", .removed(id, lastLog: [])), ("remove failed", .removeFailed(id, passing)),
            ("probes pass", .probed(id, .passing)), ("probes fail", .probed(id, .failing("GET / → 503"))),
            ("failed restart_after times", .exhausted(id, "GET / → 503")), ("paused by hand", .suspended(id, true)),
            ("unpaused by hand", .suspended(id, false)), ("lost its network", .disconnected(id)),
            ("process ended", .processEnded(id)), ("exited", .exited(id, ExitReport(code: 1))),
            ("exited by hand", .exited(id, ExitReport(code: 0, isByHand: true))), ("vanished", .vanished(id)),
            ("restarted by hand", .container(ContainerID("container\(id.attempt)"), .restarted(states.otherEndpoint))),
            ("stranger with its labels", .container(ContainerID("stranger"), .ended(ExitReport(code: 1)))),
            ("drained by hand", .drainRequested(id, isForced: false)),
            ("drained by force", .drainRequested(id, isForced: true)), ("undrained", .undrainRequested(id)),
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
            ("newer revision", .defined(try Revision("3-newest"), newest)),
            ("newer, switched off", .defined(try Revision("3-newest"), disabled)),
            ("same revision", .defined(new, try states.definition("web:2"))),
            ("invalid revision", .rejected(try Revision("3-newest"), ["port: expected a number"])),
            ("withdrawn", .withdrawn), ("withdrawal's grace", .timerFired(.withdrawal)),
            ("sources asked", .sourcesAsked("/services: no file web.json")),
            ("document overdue", .timerFired(.document)),
            ("manager started", .managerStarted(nil)), ("manager stops", .managerStopRequested),
            ("name of units taken", .unitsTaken(by: "/lib/systemd/system/web@.service")),
            ("unit of old stops", .revisionStopRequested(old)), ("unit of new stops", .revisionStopRequested(new)),
            ("unit of old starts", .revisionStartRequested(old)),
            ("end of stop by hand", .timerFired(.handStop)), ("retry", .retryRequested),
            ("pause", .pauseRequested(note)), ("resume", .resumeRequested),
            ("rollback to old", .rollbackRequested(old, try states.definition("web:1"), note)),
            ("promote", .promoteRequested), ("restart", .restartRequested(note)), ("Docker is back", .engineReturned),
            ("adopted as old", .adopted(states.adopted(old))), ("adopted as new", .adopted(states.adopted(new))),
            ("released", .addressesReleased([states.address])), ("claimed", .addressesClaimed(new, [states.address])),
            ("addresses changed", .addressesChanged),
            ("claim failed", .claimFailed(new, states.passing)),
            ("claim failed for good", .claimFailed(new, states.failure)),
            ("end of the wait", .timerFired(.claim(new))), ("claim again", .timerFired(.claimRetry(new))),
            ("turn to pull", .turnGiven(.pull(new))),
            ("pulled", .pulled(new, ImageID("sha256:2"))), ("pull failed", .pullFailed(new, states.passing)),
            ("pull failed for good", .pullFailed(new, states.failure)), ("pull again", .timerFired(.pullRetry(new))),
            ("pull_deadline", .timerFired(.pull(new))), ("progress_deadline", .timerFired(.progress(new))),
            ("images of old removed", .imagesRemoved([old])), ("stray of old", .strayFound(try states.stray(old))),
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
                let atRest: (name: String, event: RolloutEvent) = ("(at once)", .addressesChanged)
                var moved = rollout
                let isAtRest = moved.handle(.addressesChanged).isEmpty
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
            for stage in Rollout.Candidate.Stage.allCases {
                // The very first finds nothing to clear away, and no canary.
                if isFirst, stage == .clearing || stage == .holding { continue }
                let rollout = try states.candidate(stage, isFirst: isFirst)
                let title = isFirst ? "the very first: \(stage)" : "successor: \(stage)"
                table.add(title, rollout, try serviceEvents(states), names: []) { after in
                    let candidate = after.candidate.map { "\($0.revision) \($0.stage)" } ?? "no candidate"
                    return "\(candidate), \(Text.of(after.management))"
                }
            }
        }
        try GoldenFile(name: "candidate-table.txt").expect(table.text)
    }

    @Test func `each event in each state of a service does what the table says`() throws {
        let states = try States()
        var table = StateTable(title: "What each event does to a service of which 1-old is or was current.")
        let kinds: [Rollout.Management] = [
            .unmanaged, .managed, .stopping(.manager), .stopping(.withdrawn), .stopping(.disabled), .disabled,
            .failed(states.old),
        ]
        var all = try kinds.map { (Text.of($0), try states.management($0)) }
        all.append(("unmanaged, 2-new has failed", try states.failedNewer(.unmanaged)))
        all.append(("managed, 2-new has failed", try states.failedNewer(.managed)))
        for (title, rollout) in all {
            table.add(title, rollout, try serviceEvents(states), names: []) { after in
                "\(Text.of(after.management))\(after.isWithdrawing ? ", to be withdrawn" : "")\(after.pause == nil ? "" : ", paused")"
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
