import ServiceModel
import Testing

/// When a destination that gets no new connections is drained.
@Suite struct DrainCountTests {
    /// Counts every 100 ms, and says when it was drained and at which times the table of connections was read.
    private func drain(
        _ active: (Duration) -> Int,
        until end: Duration = .seconds(60),
        _ open: (Duration) -> OpenConnections?
    ) -> (drained: Duration?, looks: [Duration]) {
        var count = DrainCount()
        var looks: [Duration] = []
        var time = Duration.zero
        while time <= end {
            switch count.counted(active(time), at: time) {
            case .drained: return (time, looks)
            case .wait: break
            case .look:
                looks.append(time)
                if count.looked(open(time), at: time) { return (time, looks) }
            }
            time += .milliseconds(100)
        }
        return (nil, looks)
    }

    @Test func `no active connection is the end, without a look at the table`() {
        let (drained, looks) = drain({ $0 < .seconds(2) ? 5 - Int($0 / .milliseconds(500)) : 0 }) { _ in nil }
        #expect(drained == .seconds(2))
        #expect(looks.isEmpty)
    }

    @Test func `half-open connections that are left are waited for a few seconds only`() {
        let (drained, looks) = drain({ _ in 2 }) { _ in OpenConnections(established: 0, halfOpen: ["a", "b"]) }
        #expect(drained == .seconds(4))
        #expect(looks.count == 4)
    }

    @Test func `a half-open connection that has just come is waited for`() {
        let (drained, _) = drain({ _ in 2 }) { time in
            OpenConnections(established: 0, halfOpen: time < .seconds(3) ? ["a"] : ["a", "b"])
        }
        #expect(drained == .seconds(6))
    }

    @Test func `an established connection is waited for, and the table is read less and less often`() {
        let (drained, looks) = drain({ _ in 1 }) { _ in OpenConnections(established: 1) }
        #expect(drained == nil)
        #expect(looks.prefix(5) == [.seconds(1), .seconds(2), .seconds(4), .seconds(8), .seconds(16)])
        #expect(looks.count <= 11)
    }

    @Test func `many connections, or a number that changes, are only counted`() {
        #expect(drain({ _ in 100 }) { _ in OpenConnections(established: 0) }.looks.isEmpty)
        #expect(drain({ 3 + Int($0 / .milliseconds(500)) % 2 }) { _ in OpenConnections(established: 0) }.looks.isEmpty)
    }

    @Test func `where the table can't be read, the count decides`() {
        let (drained, looks) = drain({ $0 < .seconds(20) ? 1 : 0 }) { _ in nil }
        #expect(drained == .seconds(20))
        #expect(looks.count == 3)
    }
}
