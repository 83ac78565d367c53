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
                refusal { () throws(OperatorRefusal) in try .drain(web, "1", isForced: false) }: "web has no backend 1",
                refusal { () throws(OperatorRefusal) in try .undrain(web, nil) }:
                    "no such backend of web is drained by hand",
                refusal { () throws(OperatorRefusal) in try .restart(web, note) }: "nothing of web runs",
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

    @Test func `what is still being tried isn't retried, and that is said`() throws {
        var rollout = Rollout(service: try ServiceID("web"))
        var definition = ServiceDefinition(image: "web:1", port: try Port("80"))
        definition.addresses = [try ServiceAddress("172.18.0.1:7001")]
        _ = rollout.handle(.unit(.managerStarted(nil)))
        _ = rollout.handle(.document(.defined(try Revision("1-abcdef"), definition)))
        let trying = rollout
        let refusal = refusal { () throws(OperatorRefusal) in try .retry(trying) }
        #expect(refusal?.message == "1-abcdef of web hasn't failed: it is still being tried")
        #expect(refusal?.next == "smctl status web --watch")
    }
}
