import Addresses
import ServiceModel
import Testing

/// Orders that make no sense are refused with what to do instead.
@Suite struct OperatorPlanTests {
    let note = OperatorNote(by: "anna")

    private func refusal(_ plan: () throws(OperatorRefusal) -> OperatorPlan) -> OperatorRefusal? {
        do throws(OperatorRefusal) {
            _ = try plan()
            return nil
        } catch {
            return error
        }
    }

    @Test func `nothing can be asked of a service that doesn't run`() throws {
        let web = Rollout(service: try ServiceID("web"))
        let refusals =
            [
                refusal { () throws(OperatorRefusal) in try .retry(web) }: "web has no failed revision to retry",
                refusal { () throws(OperatorRefusal) in try .resume(web) }: "web is neither paused nor rolled back",
                refusal { () throws(OperatorRefusal) in try .rollback(web, to: nil, note) { _ in nil } }:
                    "web doesn't run",
                refusal { () throws(OperatorRefusal) in try .promote(web) }: "web has no canary to promote",
                refusal { () throws(OperatorRefusal) in try .abort(web, note) }: "web has no rollout in progress",
                refusal { () throws(OperatorRefusal) in try .drain(web, "1", isForced: false) }: "web has no backend 1",
                refusal { () throws(OperatorRefusal) in try .undrain(web, nil) }:
                    "no such backend of web is drained by hand",
                refusal { () throws(OperatorRefusal) in try .restart(web, note) }: "nothing of web runs",
                refusal { () throws(OperatorRefusal) in try .stop(web) }: "web doesn't run",
            ] as KeyValuePairs
        for (refusal, message) in refusals {
            #expect(refusal?.message == message)
            #expect(refusal?.next.isEmpty == false)
        }
    }

    @Test func `a service that is paused isn't paused again, and isn't rolled back`() throws {
        var rollout = Rollout(service: try ServiceID("web"))
        _ = rollout.handle(.unit(.managerStarted(nil)))
        _ = rollout.handle(.operator(.pauseRequested(OperatorNote(by: "bob"))))
        let paused = rollout
        let again = refusal { () throws(OperatorRefusal) in try .pause(paused, note) }
        #expect(again?.message == "web is already paused, by bob")
        let back = refusal { () throws(OperatorRefusal) in try .rollback(paused, to: nil, note) { _ in nil } }
        #expect(back?.message == "web is paused")
        #expect(try OperatorPlan.resume(rollout).events == [.operator(.resumeRequested)])
    }

    @Test func `a service is started where it has a unit that doesn't run, and stopped where it runs`() throws {
        var web = Rollout(service: try ServiceID("web"))
        let (revision, definition) = (try Revision("1-abcdef"), ServiceDefinition(image: "web:1", port: try Port("80")))
        _ = web.handle(.document(.defined(revision, definition)))
        _ = web.handle(.unit(.managerFound(.missing)))
        let missing = web
        let none = refusal { () throws(OperatorRefusal) in try .start(missing) }
        #expect(none?.message == "web has no address, and no unit to start")
        _ = web.handle(.unit(.managerFound(.stopped)))
        #expect(try OperatorPlan.start(web).events.isEmpty)
        _ = web.handle(.unit(.unitsTaken(by: "/lib/systemd/system/web@.service")))
        let foreign = web
        let taken = refusal { () throws(OperatorRefusal) in try .start(foreign) }
        #expect(taken?.message.contains("/lib/systemd/system/web@.service") == true)
        _ = web.handle(.unit(.unitsTaken(by: nil)))
        _ = web.handle(.unit(.managerStarted([try ServiceAddress("172.18.0.1:7001")])))
        let running = web
        let again = refusal { () throws(OperatorRefusal) in try .start(running) }
        #expect(again?.message == "web is started already")
        #expect(try OperatorPlan.stop(web).message.contains("smctl start web"))
    }

    @Test func `a definition is asked for by a beginning of its revision, or for what runs`() throws {
        var web = Rollout(service: try ServiceID("web"))
        let old = [try Revision("1-aa"), try Revision("1-ab")]
        let empty = web
        let none = #expect(throws: OperatorRefusal.self) { try empty.definedRevision(nil, remembered: []) }
        #expect(none?.message == "web has no definition")
        let definition = ServiceDefinition(image: "web:1", port: try Port("80"))
        _ = web.handle(.document(.defined(try Revision("2-bb"), definition)))
        #expect(try web.definedRevision(nil, remembered: old) == (try Revision("2-bb")))
        #expect(try web.definedRevision("1-ab", remembered: old) == old[1])
        let known = web
        let several = #expect(throws: OperatorRefusal.self) { try known.definedRevision("1-", remembered: old) }
        #expect(several?.message == "several revisions of web begin with 1-: 1-aa, 1-ab")
    }

    @Test func `what is still being tried isn't retried, and that is said`() throws {
        var rollout = Rollout(service: try ServiceID("web"))
        var definition = ServiceDefinition(image: "web:1", port: try Port("80"))
        definition.addresses = [try ServiceAddress("172.18.0.1:7001")]
        _ = rollout.handle(.unit(.managerStarted(nil)))
        _ = rollout.handle(.document(.defined(try Revision("1-abcdef"), definition)))
        let trying = rollout
        let refusal = refusal { () throws(OperatorRefusal) in try .retry(trying, left: .milliseconds(539_900)) }
        #expect(
            refusal?.message == "1-abcdef of web hasn't failed: it is still being tried, and given up in 8m59s"
        )
        #expect(refusal?.next == "smctl status web --watch, or smctl abort web")
    }
}
