import Addresses
import FoundationEssentials
import Testing

@Suite struct IPAddressTests {
    // Text, canonical text: the IPv6 rows are of RFC 4291 §2.2 and RFC 5952 §4 and §5.
    @Test(arguments: [
        ("172.18.0.1", "172.18.0.1"),
        ("0.0.0.0", "0.0.0.0"),
        ("255.255.255.255", "255.255.255.255"),
        ("::", "::"),
        ("::1", "::1"),
        ("1::", "1::"),
        ("FD00::1", "fd00::1"),
        ("2001:0db8:0000:0000:0000:0000:0002:0001", "2001:db8::2:1"),
        ("2001:db8:0:1:1:1:1:1", "2001:db8:0:1:1:1:1:1"),
        ("2001:db8::1:1:1:1:1", "2001:db8:0:1:1:1:1:1"),
        ("2001:0:0:1:0:0:0:1", "2001:0:0:1::1"),
        ("2001:db8:0:0:1:0:0:1", "2001:db8::1:0:0:1"),
        ("1:2:3:4:5:6:7::", "1:2:3:4:5:6:7:0"),
        ("::2:3:4:5:6:7:8", "0:2:3:4:5:6:7:8"),
        ("::ffff:172.18.0.1", "::ffff:172.18.0.1"),
        ("::ffff:ac12:1", "::ffff:172.18.0.1"),
        ("64:ff9b::192.0.2.33", "64:ff9b::c000:221"),
        ("1:2:3:4:5:6:7.8.9.10", "1:2:3:4:5:6:708:90a"),
    ])
    func `prints an address canonically`(text: String, canonical: String) throws {
        let address = try IPAddress(text)
        #expect(address.description == canonical)
        #expect(try IPAddress(canonical) == address)
        #expect(IPAddress(bytes: address.bytes) == address)
    }

    @Test(arguments: [
        "", " ", "1", "1.2.3", "1.2.3.4.5", "1.2.3.256", "01.2.3.4", "1.2.3.4 ", "+1.2.3.4", "1..2.3", "0x1.2.3.4",
        ":", ":::", "1:2:3:4:5:6:7", "1:2:3:4:5:6:7:8:9", "1::2::3", "12345::", "g::", "::1%eth0", "[::1]",
        "1:2:3:4:5:6:7:1.2.3.4", "1.2.3.4::", "::1.2.3.4:5", "1:2:3:4:5:6:7:8::", ":1::", "::1:", "localhost",
        "１.2.3.4",
    ])
    func `refuses what isn't an address`(text: String) {
        #expect(throws: AddressError(expected: .ipAddress, found: text)) { try IPAddress(text) }
    }

    @Test func `has its bytes in network order`() throws {
        #expect(try IPAddress("172.18.0.1").bytes == [172, 18, 0, 1])
        #expect(try IPAddress("fd00::1").bytes == [0xfd, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1])
        #expect(IPAddress(bytes: [1, 2, 3]) == nil)
        #expect(IPAddress(bytes: [UInt8](repeating: 0, count: 17)) == nil)
    }

    @Test func `tells the families apart`() throws {
        #expect(try IPAddress("0.0.0.1") != IPAddress("::1"))
        #expect(try IPAddress("1.2.3.4").family == .ipv4)
        #expect(try IPAddress("::ffff:1.2.3.4").family == .ipv6)
    }

    @Test(arguments: [
        ("127.0.0.1", true), ("127.255.0.9", true), ("128.0.0.1", false), ("::1", true), ("::", false),
        ("::ffff:127.0.0.1", true), ("::ffff:10.0.0.1", false), ("::127.0.0.1", false), ("172.18.0.1", false),
    ])
    func `knows loopback addresses`(text: String, isLoopback: Bool) throws {
        #expect(try IPAddress(text).isLoopback == isLoopback)
    }

    @Test func `orders IPv4 before IPv6, and numerically`() throws {
        let sorted = try ["10.0.0.2", "10.0.0.10", "200.0.0.1", "::1", "fd00::1"].map { try IPAddress($0) }
        #expect(sorted.reversed().sorted() == sorted)
    }

    @Test func `is a string in JSON`() throws {
        let json = Data(#"["172.18.0.1","fd00::1"]"#.utf8)
        let addresses = try JSONDecoder().decode([IPAddress].self, from: json)
        #expect(try addresses == [IPAddress("172.18.0.1"), IPAddress("fd00::1")])
        #expect(try JSONEncoder().encode(addresses) == json)
        #expect(throws: DecodingError.self) {
            try JSONDecoder().decode([IPAddress].self, from: Data(#"["172.18.0"]"#.utf8))
        }
    }
}
