import Logging
import ServiceModel

/// What is written to the kernel apart from a rollout's own steps.
extension ActionRunner {
    var claims: Claims {
        Claims(
            owned: store.claimedAddresses(of: service),
            settled: board.registry.rollout(of: service)?.settledAddresses ?? [],
            remember: { addresses throws(Failure) in try store.addClaims(addresses, of: service) },
            forget: { store.removeClaims($0, of: service) }
        )
    }

    /// Where it fails, the next comparison finds what differs.
    func configure(_ definition: ServiceDefinition) async {
        do throws(Failure) {
            try await balancer.configure(definition, of: service)
        } catch {
            logger.warning(
                "\(service): the virtual services aren't set to \(definition.trafficSettings) yet: \(error)",
                [.service: "\(service)", .error: "\(error)"]
            )
        }
    }

    /// Sets right what differed a moment ago and still does, now that no write of this service is under way.
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
                "\(service): the kernel's table isn't as it should be, and can't be set right yet: \(error)",
                [.service: "\(service)", .error: "\(error)"]
            )
        }
    }
}
