package import Addresses
package import ServiceModel
import Synchronization

/// Which of our services has which address: the first service that claims an address keeps it until it releases it.
package final class AddressOwners: Sendable {
    private let owners = Mutex<[ServiceAddress: ServiceID]>([:])

    /// - Parameter remembered: The addresses that services had before.
    package init(_ remembered: [(ServiceID, Set<ServiceAddress>)] = []) {
        for (service, addresses) in remembered { for address in addresses { _ = take(address, for: service) } }
    }

    /// Takes an address if it is free.
    ///
    /// - Returns: The service that has it now.
    package func take(_ address: ServiceAddress, for service: ServiceID) -> ServiceID {
        owners.withLock { owners in
            if let owner = owners[address] { return owner }
            owners[address] = service
            return service
        }
    }

    /// The service that has an address; nil when it is free.
    package func owner(of address: ServiceAddress) -> ServiceID? { owners.withLock { $0[address] } }

    /// Releases a service's addresses; addresses of other services aren't affected.
    package func letGo(_ addresses: [ServiceAddress], of service: ServiceID) {
        owners.withLock { owners in
            for address in addresses where owners[address] == service { owners[address] = nil }
        }
    }
}
