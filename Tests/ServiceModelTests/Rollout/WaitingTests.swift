import Addresses
import ServiceModel
import Testing

/// A service that has no definition: what it shows, and when a person should look.
@Suite struct WaitingTests {
    private let answers = "http://127.0.0.1:5984/services: no document webb"

    private func started() throws -> (rollout: Rollout, actions: [RolloutAction]) {
        var rollout = Rollout(service: try ServiceID("webb"))
        let actions = rollout.handle(.unit(.managerStarted(nil)))
        _ = rollout.handle(.document(.sourcesAsked(answers)))
        return (rollout, actions)
    }

    @Test func `it waits, and says which databases were asked and what they answered`() throws {
        let (rollout, actions) = try started()
        #expect(actions == [.setTimer(.document, .seconds(60))])
        #expect(rollout.status.state == .waiting)
        #expect(rollout.status.detail == "no document yet: \(answers)")
        // One line for `systemctl status`.
        #expect(rollout.unitWishes.status == "no document yet: \(answers)")
    }

    @Test func `after a minute it needs attention`() throws {
        var (rollout, _) = try started()
        _ = rollout.handle(.timerFired(.document))
        #expect(rollout.status.state.needsAttention)
        #expect(rollout.status.detail == "no document for over 1m: \(answers)")
        #expect(rollout.managerUnit == .active(isReady: false))
    }

    @Test func `the document that comes at last is rolled out`() throws {
        var (rollout, _) = try started()
        var definition = ServiceDefinition(image: "web:1", port: try Port("80"))
        definition.addresses = [try ServiceAddress("172.18.0.1:7001")]
        let actions = rollout.handle(.document(.defined(try Revision("1-a"), definition)))
        #expect(actions.contains(.cancelTimer(.document)))
        #expect(rollout.status.state == .rolling)
    }

    @Test func `a first document that is broken is shown as rejected, and needs attention`() throws {
        var rollout = Rollout(service: try ServiceID("web"))
        _ = rollout.handle(
            .document(.rejected(try Revision("1-a"), ["port: expected a number from 1 to 65535, found \"80x\""]))
        )
        let status = rollout.status
        #expect(status.state == .failed)
        #expect(status.state.needsAttention)
        #expect(status.detail?.contains("isn't a valid definition: port: expected a number") == true)
        #expect(status.rejected?.reasons.count == 1)
        _ = rollout.handle(.unit(.managerStarted(nil)))
        #expect(rollout.status.state == .failed)
    }
}
