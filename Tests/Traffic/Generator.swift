import Glibc

/// The load: an open loop with a constant rate, over kept and short connections.
struct Generator {
    static let lingering: Instant = 1_000_000_000
    static let sweepEvery: Instant = 20_000_000

    let options: Options
    let keptRequest: [UInt8]
    let shortRequest: [UInt8]
    let interval: Double
    let timeout: Instant
    var buffer = [UInt8](repeating: 0, count: 65_536)

    var connections: [Int32: Connection] = [:]
    /// Kept connections without a request, the longest unused first, so that each of them is used.
    var idle: [Int32] = []
    var polled: [pollfd] = []
    var openKept = 0
    var openShort = 0
    /// Moments of requests that wait for a connection.
    var waitingKept: [Instant] = []
    var waitingShort: [Instant] = []
    var issued = 0
    var nextPort: UInt16
    var tally: Tally

    init(_ options: Options) {
        self.options = options
        keptRequest = requestBytes(options, close: false)
        shortRequest = requestBytes(options, close: true)
        interval = 1e9 / options.rate
        timeout = Instant(options.timeout * 1e9)
        nextPort = options.sourcePorts?.lowerBound ?? 0
        tally = Tally(start: now(), startedAt: wallClock())
    }

    /// Runs until the duration is over or a stop is asked for, and then until every request has its end.
    mutating func run(stopped: () -> Bool) {
        let end = options.duration.map { tally.start + Instant($0 * 1e9) }
        var nextSweep = tally.start
        var isIssuing = true
        while true {
            var time = now()
            if isIssuing, stopped() || end.map({ time >= $0 }) == true { isIssuing = false }
            if isIssuing { issueDue(time) }
            startWaiting(time)
            if time >= nextSweep {
                sweep(time)
                nextSweep = time + Self.sweepEvery
            }
            if !isIssuing, !isUnderWay { break }

            var pause: Int32 = 20
            if isIssuing {
                let next = tally.start + Instant(Double(issued) * interval)
                pause = min(pause, next <= time ? 0 : Int32(clamping: (next - time + 999_999) / 1_000_000))
            }
            guard poll(&polled, nfds_t(polled.count), pause) > 0 else { continue }
            time = now()
            // Handling one may close others' descriptors or open new ones: what was reported is kept apart.
            for ready in polled where ready.revents != 0 { handle(ready.fd, at: time) }
        }
        for descriptor in connections.keys { close(descriptor) }
    }

    private var isUnderWay: Bool {
        if !waitingKept.isEmpty || !waitingShort.isEmpty { return true }
        return connections.values.contains { connection in
            switch connection.state {
            case .connecting, .busy: true
            case .idle, .lingering: false
            }
        }
    }
}
