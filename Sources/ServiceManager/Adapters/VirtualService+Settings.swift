import Addresses
import IPVS
import ServiceModel

/// Converts between a definition's traffic settings and the kernel's.
extension VirtualService {
    init(_ address: ServiceAddress, _ settings: TrafficSettings) {
        let isMaglev = settings.scheduler == "mh"
        var flags: Flags = []
        for flag in settings.schedulerFlags {
            switch flag {
            case .fallback: flags.insert(isMaglev ? .maglevHashingFallback : .sourceHashingFallback)
            case .port: flags.insert(isMaglev ? .maglevHashingPort : .sourceHashingPort)
            }
        }
        self.init(
            address,
            scheduler: Scheduler(rawValue: settings.scheduler),
            persistence: settings.persistence.map { Persistence(timeout: $0) },
            flags: flags
        )
    }

    /// Its settings; nil when no definition could have asked for them.
    func settings(at address: ServiceAddress) -> TrafficSettings? {
        var settings = TrafficSettings(scheduler: scheduler.rawValue, persistence: persistence?.timeout)
        if flags.contains(.sourceHashingFallback) { settings.schedulerFlags.insert(.fallback) }
        if flags.contains(.sourceHashingPort) { settings.schedulerFlags.insert(.port) }
        return VirtualService(address, settings) == self ? settings : nil
    }
}

extension ObservedVirtualService {
    init(_ service: VirtualService, at address: ServiceAddress, _ destinations: [DestinationStatus]) {
        let settings = service.settings(at: address)
        self.init(settings: settings, settingsText: settings?.description ?? service.rule)
        for status in destinations {
            let destination = status.destination
            guard let endpoint = destination.identity.endpoint else { continue }
            // The kernel reports "local" for what is masqueraded to an address of the host.
            let isPlain =
                (destination.forwarding == .masquerade || destination.forwarding == .local)
                && destination.upperThreshold == 0 && destination.lowerThreshold == 0
            self.destinations[endpoint] = ObservedDestination(
                weight: destination.weight,
                isPlain: isPlain,
                activeConnections: Int(status.activeConnections),
                inactiveConnections: Int(status.inactiveConnections)
            )
        }
    }
}
