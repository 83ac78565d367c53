import Logging
import ServiceModel

/// Writes to the kernel that aren't steps of a rollout.
extension ActionRunner {
    var claims: Claims {
        Claims(
            owned: store.claimedAddresses(of: service),
            settled: board.registry.rollout(of: service)?.settledAddresses ?? [],
            remember: { addresses throws(Failure) in try store.addClaims(addresses, of: service) },
            forget: { store.removeClaims($0, of: service) }
        )
    }

    /// Configures the virtual services.
    ///
    /// If that fails, the next comparison finds the difference.
    func configure(_ definition: ServiceDefinition) async {
        do throws(Failure) {
            try await balancer.configure(definition, of: service)
        } catch {
            logger.warning(
                "\(service): the virtual services can't be set to \(definition.trafficSettings) yet: \(error)",
                [.service: "\(service)", .error: "\(error)"]
            )
        }
    }

    /// Repairs what differed a moment ago and still does, now that no write of this service is under way.
    func repair(_ found: [TrafficRepair]) async {
        guard let wanted = board.registry.rollout(of: service)?.wantedTraffic else { return }
        do throws(Failure) {
            let observed = try await balancer.observe(Set(wanted.keys))
            let repairs = DestinationDrift.repairs(wanted: wanted, observed: observed).filter { repair in
                found.contains { $0.isSameDifference(as: repair) }
            }
            guard !repairs.isEmpty else { return }
            try await balancer.repair(repairs, of: service)
            for repair in repairs {
                board.countRepair(repair.kind, of: service)
                var fields: [LogKey: String] = [.service: "\(service)", .address: "\(repair.address)"]
                fields[.action] = repair.kind.rawValue
                if let destination = repair.destination { fields[.destination] = "\(destination)" }
                logger.warning("\(service): \(repair)", fields)
            }
        } catch {
            logger.error(
                "\(service): the kernel's table differs from what the service wants, and can't be repaired yet: \(error)",
                [.service: "\(service)", .error: "\(error)"]
            )
        }
    }
}
