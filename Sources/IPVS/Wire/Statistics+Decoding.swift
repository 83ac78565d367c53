import CNetlink
import Netlink

extension Statistics {
    /// Decodes counters: the 64-bit ones if the kernel sends them, otherwise the 32-bit ones; zeros if it sends none.
    init(_ attributes: NetlinkAttributes, wide: Int, narrow: Int) throws(NetlinkFailure) {
        self.init()
        let type = attributes.bytes(wide) == nil ? narrow : wide
        guard let counters = try attributes.nested(type) else { return }
        connections = counters.counter(IPVS_STATS_ATTR_CONNS)
        incomingPackets = counters.counter(IPVS_STATS_ATTR_INPKTS)
        outgoingPackets = counters.counter(IPVS_STATS_ATTR_OUTPKTS)
        incomingBytes = counters.counter(IPVS_STATS_ATTR_INBYTES)
        outgoingBytes = counters.counter(IPVS_STATS_ATTR_OUTBYTES)
        connectionRate = counters.counter(IPVS_STATS_ATTR_CPS)
        incomingPacketRate = counters.counter(IPVS_STATS_ATTR_INPPS)
        outgoingPacketRate = counters.counter(IPVS_STATS_ATTR_OUTPPS)
        incomingByteRate = counters.counter(IPVS_STATS_ATTR_INBPS)
        outgoingByteRate = counters.counter(IPVS_STATS_ATTR_OUTBPS)
    }
}

extension NetlinkAttributes {
    /// Decodes a counter.
    ///
    /// Byte counters have 64 bits even among the 32-bit ones.
    fileprivate func counter(_ type: Int) -> UInt64 {
        number(type, as: UInt64.self) ?? number(type, as: UInt32.self).map(UInt64.init) ?? 0
    }
}
