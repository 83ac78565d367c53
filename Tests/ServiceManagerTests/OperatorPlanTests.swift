import Docker
import Foundation
import Addresses
import ServiceManager
import ServiceModel
import Testing

/// Orders that make no sense are refused with what to do instead.
@Suite struct OperatorPlanTests {
    let note = OperatorNote(by: "anna")

    private func refusal(_ order: OperatorOrder, _ rollout: Rollout) -> OperatorRefusal? {
        do throws(OperatorRefusal) {
            _ = try OperatorPlan(order, note, for: rollout) { _ in nil }
            return nil
        } catch {
            return error
        }
    }

    @Test(
        arguments: [
            (.retry, "web has no failed revision to retry"), (.resume, "web is neither paused nor rolled back"),
            (.rollback(nil), "web doesn't run"), (.promote, "web has no canary to promote"),
            (.drain("1", isForced: false), "web has no backend 1"),
            (.undrain(nil), "no such backend of web is drained by hand"), (.restart, "nothing of web runs"),
        ] as [(OperatorOrder, String)]
    )
    func `nothing can be asked of a service that doesn't run`(order: OperatorOrder, message: String) throws {
        let refusal = try #require(refusal(order, Rollout(service: try ServiceID("web"))))
        #expect(refusal.message == message)
        #expect(!refusal.next.isEmpty)
    }

    @Test func `a service that is paused isn't paused again, and isn't rolled back`() throws {
        var rollout = Rollout(service: try ServiceID("web"))
        _ = rollout.handle(.unit(.managerStarted(nil)))
        _ = rollout.handle(.operator(.pauseRequested(OperatorNote(by: "bob"))))
        #expect(refusal(.pause, rollout)?.message == "web is paused already, by bob")
        #expect(refusal(.rollback(nil), rollout)?.message == "web is paused")
        #expect(try OperatorPlan(.resume, note, for: rollout) { _ in nil }.events == [.operator(.resumeRequested)])
    }
}

/// Which service has an address.
@Suite struct AddressOwnersTests {
    @Test func `the first that takes an address keeps it until it lets it go`() throws {
        let address = try ServiceAddress("172.17.0.1:7001")
        let (web, api) = (try ServiceID("web"), try ServiceID("api"))
        let owners = AddressOwners()
        #expect(owners.take(address, for: web) == web)
        #expect(owners.take(address, for: api) == web)
        owners.letGo([address], of: api)
        #expect(owners.take(address, for: api) == web)
        owners.letGo([address], of: web)
        #expect(owners.take(address, for: api) == api)
    }

    @Test func `what a service had before a restart it has after it`() throws {
        let address = try ServiceAddress("172.17.0.1:7001")
        let (web, api) = (try ServiceID("web"), try ServiceID("api"))
        #expect(AddressOwners([(web, [address])]).take(address, for: api) == web)
    }
}
