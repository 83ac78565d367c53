import Addresses
import HostNetwork
import ServiceModel

extension ServiceRegistry {
    /// What the services need from the host's network now.
    var networkPlan: HostNetworkPlan {
        var plan = HostNetworkPlan()
        let rollouts = rollouts
        for rollout in rollouts { plan.addresses.formUnion(rollout.claimed) }
        guard !plan.addresses.isEmpty else { return plan }
        let started = startedContainers
        for (container, started) in started {
            guard let bridge = started.bridge else { continue }
            for subnet in bridge.subnets.compactMap({ Subnet($0) }) {
                plan.bridges.insert(ServerBridge(interface: bridge.interface, subnet: subnet))
            }
            let address = started.hardwareAddress.flatMap { MACAddress($0) }
            plan.ports.insert(
                ServerPort(
                    container: container.rawValue,
                    bridge: bridge.interface,
                    processID: started.processID.flatMap { Int32(exactly: $0) },
                    macAddress: address
                )
            )
        }
        for instance in rollouts.flatMap(\.instances.values) {
            guard let bridge = instance.container.flatMap({ started[$0] })?.bridge else { continue }
            for (address, endpoint) in instance.destinations {
                plan.destinations.insert(
                    ServerDestination(bridge: bridge.interface, transport: address.transport, endpoint: endpoint)
                )
            }
        }
        return plan
    }
}
