import CNetlink
import Netlink

extension NetlinkWriter {
    /// Appends a message of the IPVS family.
    mutating func message<Failure: Error>(
        _ header: NetlinkHeader,
        command: Int,
        _ attributes: (inout NetlinkWriter) throws(Failure) -> Void
    ) throws(Failure) {
        try message(header, command: command, version: UInt8(IPVS_GENL_VERSION), attributes)
    }
}
