/// How long IPVS remembers an idle connection, for all virtual services of a network namespace.
public struct Timeouts: Hashable, Sendable {
    /// An established TCP connection: 900 s at boot.
    ///
    /// Whole seconds.
    public var tcp: Duration
    /// A TCP connection after a FIN: 120 s at boot.
    ///
    /// Whole seconds.
    public var tcpFinish: Duration
    /// A UDP "connection": 300 s at boot.
    ///
    /// Whole seconds.
    public var udp: Duration

    /// Describes timeouts; nothing is sent to the kernel.
    ///
    /// - Parameters:
    ///   - tcp: An established TCP connection.
    ///   - tcpFinish: A TCP connection after a FIN.
    ///   - udp: A UDP "connection".
    public init(tcp: Duration, tcpFinish: Duration, udp: Duration) {
        self.tcp = tcp
        self.tcpFinish = tcpFinish
        self.udp = udp
    }
}

extension Duration {
    /// Whole seconds, rounded up, as the kernel counts.
    ///
    /// Nil if negative, or too large for 32 bits.
    var wholeSeconds: UInt32? {
        let (seconds, attoseconds) = components
        guard seconds >= 0, attoseconds >= 0, seconds < Int64(UInt32.max) else { return nil }
        return UInt32(seconds) + (attoseconds > 0 ? 1 : 0)
    }
}
