import Addresses
import FoundationEssentials
import Testing

@Suite struct EndpointTests {
    @Test(arguments: [("1", 1), ("80", 80), ("65535", 65535)])
    func `parses a port`(text: String, number: Int) throws {
        let port = try Port(text)
        #expect(port.rawValue == number)
        #expect(port == Port(number))
        #expect(port.description == text)
    }

    @Test(arguments: ["", "0", "65536", "080", "-1", "+80", "80x", " 80", "8０", "99999999999999999999999"])
    func `refuses what isn't a port`(text: String) {
        #expect(throws: AddressError(expected: .port, found: text)) { try Port(text) }
    }

    @Test func `refuses numbers that are no ports`() {
        #expect(Port(0) == nil)
        #expect(Port(-1) == nil)
        #expect(Port(65536) == nil)
        #expect(Port(UInt64.max) == nil)
    }

    @Test(arguments: ["172.18.0.1:7001", "[fd00::1]:7001", "[::]:1", "[::ffff:10.0.0.1]:80"])
    func `prints an endpoint as it is parsed`(text: String) throws {
        #expect(try Endpoint(text).description == text)
    }

    @Test(
        arguments: [
            ("172.18.0.1", .endpoint, "172.18.0.1"),
            ("", .endpoint, ""),
            ("fd00::1:7001", .bracketedEndpoint, "fd00::1:7001"),
            ("[fd00::1]", .bracketedEndpoint, "[fd00::1]"),
            ("[]:80", .bracketedEndpoint, "[]:80"),
            ("[10.0.0.1]:80", .endpoint, "[10.0.0.1]:80"),
            ("localhost:80", .ipAddress, "localhost"),
            (":80", .ipAddress, ""),
            ("10.0.0.1:", .port, ""),
            ("10.0.0.1:0", .port, "0"),
            ("[fd00::1]:80x", .port, "80x"),
        ] as [(String, AddressError.Expectation, String)]
    )
    func `names the part that doesn't fit`(text: String, expected: AddressError.Expectation, found: String) {
        #expect(throws: AddressError(expected: expected, found: found)) { try Endpoint(text) }
    }

    @Test(arguments: [
        ("172.18.0.1:7001", TransportProtocol.tcp, "172.18.0.1:7001"),
        ("tcp://172.18.0.1:7001", .tcp, "172.18.0.1:7001"),
        ("UDP://172.18.0.1:53", .udp, "udp://172.18.0.1:53"),
        ("sctp://[fd00::0:1]:9899", .sctp, "sctp://[fd00::1]:9899"),
    ])
    func `prints a service address canonically`(text: String, transport: TransportProtocol, canonical: String) throws {
        let address = try ServiceAddress(text)
        #expect(address.transport == transport)
        #expect(address.description == canonical)
        #expect(try ServiceAddress(canonical) == address)
    }

    @Test(
        arguments: [
            ("http://10.0.0.1:80", .transportProtocol, "http"),
            ("://10.0.0.1:80", .transportProtocol, ""),
            ("udp://", .serviceAddress, "udp://"),
            ("10.0.0.1", .serviceAddress, "10.0.0.1"),
            ("udp://10.0.0.1:99999", .port, "99999"),
            ("tcp://fd00::1:80", .bracketedEndpoint, "fd00::1:80"),
        ] as [(String, AddressError.Expectation, String)]
    )
    func `refuses what isn't a service address`(text: String, expected: AddressError.Expectation, found: String) {
        #expect(throws: AddressError(expected: expected, found: found)) { try ServiceAddress(text) }
    }

    @Test func `says what was expected and what was found`() {
        let error = #expect(throws: AddressError.self) { try ServiceAddress("172.18.0.1:80x") }
        #expect(error?.description == #"expected a port number from 1 to 65535, found "80x""#)
        let missing = #expect(throws: AddressError.self) { try ServiceAddress("172.18.0.1:") }
        #expect(missing?.description == "expected a port number from 1 to 65535, found nothing")
    }

    @Test func `keeps errors short`() {
        let error = #expect(throws: AddressError.self) { try Endpoint(String(repeating: "x", count: 100_000)) }
        #expect(error?.found.count == 64)
    }

    @Test func `is text in JSON, and ports are numbers`() throws {
        let endpoints = try JSONDecoder().decode([Endpoint].self, from: Data(#"["[fd00::1]:7001"]"#.utf8))
        #expect(try JSONEncoder().encode(endpoints) == Data(#"["[fd00::1]:7001"]"#.utf8))
        let addresses = try JSONDecoder().decode([ServiceAddress].self, from: Data(#"["tcp://10.0.0.1:80"]"#.utf8))
        #expect(try JSONEncoder().encode(addresses) == Data(#"["10.0.0.1:80"]"#.utf8))
        #expect(try JSONDecoder().decode([Port].self, from: Data("[80]".utf8)) == [Port("80")])
        #expect(throws: DecodingError.self) { try JSONDecoder().decode([Port].self, from: Data("[0]".utf8)) }
    }

    @Test func `orders service addresses by address, port and protocol`() throws {
        let sorted = try ["10.0.0.1:9", "10.0.0.1:10", "udp://10.0.0.1:10", "10.0.0.2:1"].map { try ServiceAddress($0) }
        #expect(sorted.reversed().sorted() == sorted)
    }
}
