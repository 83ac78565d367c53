import Addresses
import HostNetwork
import Testing

/// The bytes that ctnetlink is sent and sends: `<linux/netfilter/nfnetlink_conntrack.h>`.
struct ConntrackTests {
    /// Attributes as hexadecimal digits, each with its type before it.
    private func text(_ attributes: [(type: Int32, payload: [UInt8])]) -> [String] {
        attributes.map { attribute in
            "\(String(attribute.type, radix: 16)): "
                + attribute.payload.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined(separator: " ")
        }
    }

    @Test func `the kernel is asked for an IPv4 service's connections only`() throws {
        #expect(
            text(Conntrack.filter(try ServiceAddress("udp://172.18.0.1:53"))) == [
                // CTA_TUPLE_ORIG: CTA_TUPLE_IP with CTA_IP_V4_DST; CTA_TUPLE_PROTO with the protocol and the target port.
                "8001: 0c 00 01 80 08 00 02 00 ac 12 00 01"
                    + " 14 00 02 80 05 00 01 00 11 00 00 00 06 00 03 00 00 35 00 00",
                // CTA_FILTER: CTA_FILTER_ORIG_FLAGS for target address, protocol and target port.
                "8019: 08 00 01 00 2a 00 00 00",
            ]
        )
    }

    @Test func `the kernel is asked for an IPv6 service's connections only`() throws {
        #expect(
            text(Conntrack.filter(try ServiceAddress("udp://[fd00::1]:7001"))).first
                == "8001: 18 00 01 80 14 00 04 00 fd 00 00 00 00 00 00 00 00 00 00 00 00 00 00 01"
                + " 14 00 02 80 05 00 01 00 11 00 00 00 06 00 03 00 1b 59 00 00"
        )
    }

    /// A tuple of UDP: addresses, protocol and ports.
    private func tuple(_ source: [UInt8], _ target: [UInt8], _ sourcePort: [UInt8], _ targetPort: [UInt8]) -> [UInt8] {
        [20, 0, 1, 0x80, 8, 0, 1, 0] + source + [8, 0, 2, 0] + target + [28, 0, 2, 0x80]
            + [5, 0, 1, 0, 17, 0, 0, 0, 6, 0, 2, 0] + sourcePort + [0, 0, 6, 0, 3, 0] + targetPort + [0, 0]
    }

    private var message: [UInt8] {
        let original = tuple([10, 9, 0, 2], [172, 18, 0, 1], [0xa0, 1], [0, 53])
        // Masqueraded: the answer goes to another address than the client's.
        let reply = tuple([172, 17, 0, 5], [172, 17, 0, 1], [0x14, 0xe9], [0xa0, 1])
        return [2, 0, 0, 0] + [52, 0, 1, 0x80] + original + [52, 0, 2, 0x80] + reply
            + [8, 0, 12, 0, 0x12, 0x34, 0x56, 0x78]
    }

    @Test func `a connection is known by what the client sent to and who answers`() throws {
        let found = try #require(Conntrack.connection(type: 0x100, message[...]))
        #expect(found.transport == 17)
        #expect(found.target == (try Endpoint("172.18.0.1:53")))
        #expect(found.server == (try Endpoint("172.17.0.5:5353")))
        #expect(
            text(Conntrack.deletion(found)) == [
                // Its original direction as it came, and the id that tells it from a later one.
                "8001: 14 00 01 80 08 00 01 00 0a 09 00 02 08 00 02 00 ac 12 00 01"
                    + " 1c 00 02 80 05 00 01 00 11 00 00 00 06 00 02 00 a0 01 00 00 06 00 03 00 00 35 00 00",
                "c: 12 34 56 78",
            ]
        )
    }

    @Test func `what is cut short is no connection`() {
        for length in message.indices {
            let cut = Conntrack.connection(type: 0x100, message[..<length])
            #expect(cut == nil || length >= 108, "\(length)")
        }
        #expect(Conntrack.connection(type: 0x102, message[...]) == nil)
    }
}
