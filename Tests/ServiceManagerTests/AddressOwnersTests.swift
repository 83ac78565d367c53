import Addresses
import ServiceManager
import ServiceModel
import Testing

/// Which service has an address.
@Suite struct AddressOwnersTests {
    @Test func `the first that takes an address keeps it until it lets it go`() throws {
        let address = try ServiceAddress("172.17.0.1:7001")
        let (web, api) = (try ServiceID("web"), try ServiceID("api"))
        let owners = AddressOwners()
        #expect(owners.take(address, for: web) == web)
        #expect(owners.take(address, for: api) == web)
        owners.letGo([address], of: api)
        #expect(owners.take(address, for: api) == web)
        owners.letGo([address], of: web)
        #expect(owners.take(address, for: api) == api)
    }

    @Test func `what a service had before a restart it has after it`() throws {
        let address = try ServiceAddress("172.17.0.1:7001")
        let (web, api) = (try ServiceID("web"), try ServiceID("api"))
        #expect(AddressOwners([(web, [address])]).take(address, for: api) == web)
    }
}
