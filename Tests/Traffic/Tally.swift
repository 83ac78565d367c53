/// What happened to the requests so far.
struct Tally {
    /// How often something was seen, and when for the first and the last time, in seconds from the start.
    struct Occurrence {
        var count = 0
        var first: Double
        var last: Double
        /// The local ports of the first few.
        var ports: [UInt16] = []
    }

    private static let mostPorts = 8
    private static let mostBodies = 64

    let start: Instant
    /// When, in seconds since 1970: for comparing with a log.
    let startedAt: Double
    private(set) var succeeded = 0
    private(set) var failed = 0
    private(set) var latencies = Histogram()
    private(set) var failures: [String: Occurrence] = [:]
    private(set) var bodies: [String: Occurrence] = [:]
    /// Clean closes of a connection in use, before the response began; their requests were sent anew.
    var retired = 0
    /// Connections that the server closed between requests.
    var idleClosed = 0
    /// Connections that were reset between requests.
    var idleReset = 0

    init(start: Instant, startedAt: Double) {
        self.start = start
        self.startedAt = startedAt
    }

    var total: Int { succeeded + failed }

    func seconds(at instant: Instant) -> Double {
        Double(instant &- start) / 1e9
    }

    mutating func succeed(firstLine: [UInt8], due: Instant, at instant: Instant) {
        succeeded += 1
        latencies.record(microseconds: (instant - min(due, instant)) / 1000)
        var body = String(decoding: firstLine, as: UTF8.self)
        if bodies[body] == nil, bodies.count >= Self.mostBodies { body = "(others)" }
        Self.note(body, in: &bodies, at: seconds(at: instant), port: nil)
    }

    mutating func fail(_ kind: String, port: UInt16, at instant: Instant) {
        failed += 1
        Self.note(kind, in: &failures, at: seconds(at: instant), port: port)
    }

    private static func note(_ key: String, in table: inout [String: Occurrence], at second: Double, port: UInt16?) {
        var occurrence = table[key] ?? Occurrence(first: second, last: second)
        occurrence.count += 1
        occurrence.last = second
        if let port, occurrence.ports.count < mostPorts { occurrence.ports.append(port) }
        table[key] = occurrence
    }
}
