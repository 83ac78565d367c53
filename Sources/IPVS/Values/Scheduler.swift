/// How IPVS chooses a destination: the name of a kernel module `ip_vs_<name>`, which the kernel loads if it can.
///
/// Any name of 1 to 15 bytes may be used; the constants are the schedulers of Linux 6.x (ipvsadm(8), `--scheduler`).
public struct Scheduler: RawRepresentable, Hashable, Sendable {
    /// The name, as `ipvsadm` and the kernel write it.
    public var rawValue: String

    /// Makes a scheduler from a name, without checking whether the kernel has it.
    ///
    /// - Parameter rawValue: The name, such as `wlc`.
    public init(rawValue: String) { self.rawValue = rawValue }

    /// Each destination in turn.
    public static let roundRobin = Scheduler(rawValue: "rr")
    /// Each destination in turn, in proportion to its weight.
    public static let weightedRoundRobin = Scheduler(rawValue: "wrr")
    /// The destination with the fewest connections.
    public static let leastConnection = Scheduler(rawValue: "lc")
    /// The destination with the fewest connections in proportion to its weight: `ipvsadm`'s default.
    public static let weightedLeastConnection = Scheduler(rawValue: "wlc")
    /// The same server for each destination address, as long as it isn't overloaded.
    public static let localityBasedLeastConnection = Scheduler(rawValue: "lblc")
    /// A set of servers for each destination address.
    public static let localityBasedLeastConnectionWithReplication = Scheduler(rawValue: "lblcr")
    /// By a hash of the destination address.
    public static let destinationHashing = Scheduler(rawValue: "dh")
    /// By a hash of the source address.
    public static let sourceHashing = Scheduler(rawValue: "sh")
    /// By consistent (Maglev) hashing of the source address.
    public static let maglevHashing = Scheduler(rawValue: "mh")
    /// The destination with the shortest expected delay.
    public static let shortestExpectedDelay = Scheduler(rawValue: "sed")
    /// An idle destination if there is one, else the one with the shortest expected delay.
    public static let neverQueue = Scheduler(rawValue: "nq")
    /// The available destination of the highest weight.
    public static let weightedFailover = Scheduler(rawValue: "fo")
    /// The destination of the highest weight until it has as many connections as its weight, then the next one.
    public static let weightedOverflow = Scheduler(rawValue: "ovf")
    /// The better one of two that are picked at random.
    public static let powersOfTwoChoices = Scheduler(rawValue: "twos")
}

extension Scheduler: CustomStringConvertible {
    /// The name.
    public var description: String { rawValue }
}
