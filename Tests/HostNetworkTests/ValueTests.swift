import Addresses
import HostNetwork
import Testing

struct ValueTests {
    @Test(arguments: [
        ("172.17.0.1/16", "172.17.0.0/16"), ("10.1.2.3/32", "10.1.2.3/32"), ("10.1.2.3/0", "0.0.0.0/0"),
        ("10.255.255.255/9", "10.128.0.0/9"), ("fd00:1::5/64", "fd00:1::/64"),
    ])
    func `a subnet is printed with its first address`(text: String, printed: String) {
        #expect(Subnet(text)?.description == printed)
    }

    @Test(arguments: [
        "", "/", "10.0.0.0", "10.0.0.0/33", "10.0.0.0/-1", "10.0.0.0/+8", "fd00::/129", "x/8", "1.2.3.4/8/8",
    ])
    func `what isn't a subnet is refused`(text: String) {
        #expect(Subnet(text) == nil)
    }

    @Test func `a subnet contains its addresses`() throws {
        let subnet = try #require(Subnet("172.17.0.0/16"))
        #expect(subnet.contains(try IPAddress("172.17.255.255")))
        #expect(!subnet.contains(try IPAddress("172.18.0.0")))
        #expect(!subnet.contains(try IPAddress("::")))
    }

    @Test func `a hardware address is read as Docker gives it`() {
        #expect(MACAddress("02:42:AC:11:00:02")?.description == "02:42:ac:11:00:02")
    }

    @Test(arguments: [
        "", "02:42:ac:11:00", "02:42:ac:11:00:02:03", "2:42:ac:11:00:02", "02:42:ac:11:00:0g", "+2:42:ac:11:00:02",
    ])
    func `what isn't a hardware address is refused`(text: String) {
        #expect(MACAddress(text) == nil)
    }

    @Test func `loopback, wildcard and foreign addresses are named with the reason`() throws {
        let local: Set = [try IPAddress("172.17.0.1"), try IPAddress("127.0.0.1")]
        func found(_ text: String) throws -> String? {
            AddressWatch.finding(try IPAddress(text), localAddresses: local)?.found
        }
        #expect(try found("172.17.0.1") == nil)
        #expect(try found("127.0.0.1") == "127.0.0.1 is a loopback address")
        #expect(try found("::1") == "::1 is a loopback address")
        #expect(try found("0.0.0.0") == "0.0.0.0 is the wildcard address")
        #expect(try found("10.0.0.1") == "no interface of this host has 10.0.0.1")
    }

    @Test func `a finding concerns the services that it touches`() throws {
        let addresses: Set = [try ServiceAddress("172.17.0.1:80")]
        func concerns(_ subject: HostNetworkFinding.Subject) -> Bool {
            HostNetworkFinding(subject, .broken, found: "", expected: "", nextStep: "")
                .concerns(addresses: addresses, containers: ["a"])
        }
        #expect(concerns(.setting("net.ipv4.ip_forward")))
        #expect(concerns(.rules(.ipv4)))
        #expect(!concerns(.rules(.ipv6)))
        #expect(concerns(.address(try IPAddress("172.17.0.1"))))
        #expect(!concerns(.address(try IPAddress("172.17.0.2"))))
        #expect(concerns(.port(container: "a")))
        #expect(!concerns(.port(container: "b")))
    }
}
