import Addresses
import ServiceModel
import TestSupport
import Testing

/// Whole stories, as text.
///
/// What happened, and indented below it what was done: `Fixtures/transcripts/*.txt`.
@Suite struct TranscriptTests {
    struct Story: CustomTestStringConvertible, Sendable {
        var name: String
        var tell: @Sendable (inout SimulatedHost) throws -> Void
        var testDescription: String { name }
    }

    static let note = OperatorNote(by: "anna", reason: "a test")

    static func revision(_ number: Int) throws -> Revision { try Revision("\(number)-abc") }

    static func define(
        _ number: Int,
        _ host: inout SimulatedHost,
        adjust: (inout ServiceDefinition) throws -> Void = { _ in }
    ) throws {
        var definition = ServiceDefinition(image: "web:\(number)", port: try Port("80"))
        definition.addresses = [try ServiceAddress("172.18.0.1:7001")]
        try adjust(&definition)
        host.send(.document(.defined(try revision(number), definition)))
    }

    /// A service whose first revision serves; that isn't part of the story.
    static func serving(
        _ host: inout SimulatedHost,
        adjust: (inout ServiceDefinition) throws -> Void = { _ in }
    ) throws {
        host.transcript = nil
        host.send(.unit(.managerStarted(nil)))
        try define(1, &host, adjust: adjust)
        host.settle()
        host.transcript = ["… 1-abc serves", ""]
    }

    static func container(_ host: SimulatedHost, slot: Int = 1) throws -> ContainerID {
        let instances = host.rollout.instances.values.sorted { $0.id < $1.id }
        return try #require(instances.last { $0.id.slot == slot && $0.isAlive }?.container)
    }

    /// Goes on until an instance of a revision is in a phase.
    static func proceed(_ host: inout SimulatedHost, until number: Int, _ phase: Instance.Phase) throws {
        let revision = try revision(number)
        func isThere(_ host: SimulatedHost) -> Bool {
            host.rollout.instances.values.contains { $0.id.revision == revision && $0.phase == phase }
        }
        for _ in 0..<100 where !isThere(host) {
            if !host.outstanding.isEmpty {
                host.answerOne()
            } else if let id = host.probed.sorted().first(where: { host.rollout.instances[$0]?.health != .passing }) {
                host.send(.instance(id, .probed(.passing)))
            } else if let timer = host.timers.first(where: { !$0.isDeadline }) {
                host.fire(timer)
            }
        }
        #expect(isThere(host), "\(number) never gets to \(phase)")
    }

    @Test(arguments: stories)
    func `stories go as they are written down`(story: Story) throws {
        var host = try SimulatedHost(seed: 1)
        host.hasFaults = false
        host.transcript = []
        try story.tell(&host)
        let status = host.rollout.status
        let ending = "\(status.state.rawValue)\(status.detail.map { ": \($0)" } ?? "")"
        let text = ([story.name, ""] + (host.transcript ?? []) + ["", "In the end: \(ending)", ""]).joined(
            separator: "\n"
        )
        #expect(host.violations.isEmpty, "\(host.violations)")
        let file = story.name.lowercased().split { !$0.isLetter && !$0.isNumber }.joined(separator: "-")
        try GoldenFile(name: "transcripts/\(file).txt").expect(text)
    }
}
