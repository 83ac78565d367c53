import HostNetwork
import ServiceModel

extension StatusBoard {
    /// What the services need of the host's network now.
    var networkPlan: HostNetworkPlan {
        var plan = HostNetworkPlan()
        for rollout in rollouts { plan.addresses.formUnion(rollout.claimed) }
        guard !plan.addresses.isEmpty else { return plan }
        for (container, started) in startedContainers {
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
        return plan
    }
}
