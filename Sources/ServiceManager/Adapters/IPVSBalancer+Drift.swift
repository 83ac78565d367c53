package import Addresses
import IPVS
package import ServiceModel

extension IPVSBalancer {
    package func observe(
        _ addresses: Set<ServiceAddress>
    ) async throws(Failure) -> [ServiceAddress: ObservedVirtualService] {
        var observed: [ServiceAddress: ObservedVirtualService] = [:]
        do {
            for address in addresses {
                guard let found = try await client.virtualService(.address(address)) else { continue }
                let destinations = try await client.destinations(of: .address(address))
                observed[address] = ObservedVirtualService(found.service, at: address, destinations)
            }
        } catch {
            throw Failure(error, "the virtual services can't be read")
        }
        return observed
    }

    package func observeAll() async throws(Failure) -> [ServiceAddress: ObservedVirtualService] {
        var observed: [ServiceAddress: ObservedVirtualService] = [:]
        do {
            for entry in try await client.snapshot().entries {
                guard case .address(let address) = entry.service.service.identity else { continue }
                observed[address] = ObservedVirtualService(entry.service.service, at: address, entry.destinations)
            }
        } catch {
            throw Failure(error, "the virtual services can't be read")
        }
        return observed
    }

    package func repair(_ repairs: [TrafficRepair], of service: ServiceID) async throws(Failure) {
        let repairs = repairs.filter { owners.owner(of: $0.address) == service }
        guard !repairs.isEmpty else { return }
        do throws(IPVSError) {
            for failure in try await client.apply(repairs.flatMap(Self.operations)) {
                switch failure.error {
                case .serviceExists, .destinationExists, .noSuchDestination: continue
                case .moduleNotLoaded, .notPermitted, .noSuchService, .noSuchScheduler, .noSuchSchedulerOrEngine,
                    .invalidValue, .refused, .unknownOutcome, .interrupted, .noReply, .malformedReply, .socket:
                    throw failure.error
                }
            }
        } catch {
            throw Failure(error, "the virtual services can't be repaired")
        }
        for repair in repairs {
            guard case .destinationForeign(let endpoint, _) = repair.fault, repair.address.transport == .udp else {
                continue
            }
            await forgetConnections(repair.address, endpoint)
        }
    }

    private static func operations(_ repair: TrafficRepair) -> [IPVSOperation] {
        let service = VirtualService.Identity.address(repair.address)
        switch repair.fault {
        case .virtualServiceMissing(let settings, let destinations):
            return [.addService(VirtualService(repair.address, settings))]
                + destinations.sorted { $0.key < $1.key }.map { endpoint, weight in
                    .addDestination(Destination(endpoint, weight: weight), of: service)
                }
        case .settingsChanged(_, let wanted): return [.editService(VirtualService(repair.address, wanted))]
        case .destinationMissing(let endpoint, let weight):
            return [.addDestination(Destination(endpoint, weight: weight), of: service)]
        case .destinationChanged(let endpoint, _, let weight):
            return [.editDestination(Destination(endpoint, weight: weight), of: service)]
        case .destinationForeign(let endpoint, _):
            return [.removeDestination(Destination.Identity(endpoint), of: service)]
        }
    }
}
