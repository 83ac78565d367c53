import Docker
import Logging
import ServiceManager
import ServiceModel
import SystemPackage
import Systemd

/// The parts of the daemon that use systemd, and firewalld over the same bus.
extension Daemon {
    /// The units of services; nil when the daemon runs without systemd.
    func makeUnits(
        _ parts: DaemonParts,
        _ databases: Databases,
        _ engine: any EngineGate,
        hasPredecessor: Bool
    ) -> SystemdUnits? {
        guard configuration.units == .systemd else { return nil }
        let (docker, inbox) = (parts.docker, parts.inbox)
        return SystemdUnits(
            control: SystemdControl(bus: SystemBus()),
            templates: UnitTemplates(
                directory: FilePath(configuration.generatedDirectory),
                unstarted: FilePath(configuration.stateDirectory).appending("unstarted")
            ),
            engine: engine,
            hasPredecessor: hasPredecessor,
            docker: DockerAccess(
                socket: configuration.dockerSocket,
                version: { docker.agreedVersion },
                isOtherEngine: { await docker.isOtherEngine() }
            ),
            logger: logger,
            useDatabase: { databases.use($1, for: $0) },
            send: { inbox.send(.service($0, $1)) }
        )
    }

    /// Returns which of some units run, for the preflight; none without systemd.
    var activeUnits: @Sendable ([String]) async -> Set<String> {
        guard configuration.units == .systemd else { return { _ in [] } }
        let bus = SystemBus()
        return { names in
            let found = (try? await bus.units(patterns: names)) ?? []
            return Set(found.filter { $0.activeState == "active" }.map(\.name))
        }
    }

    /// Returns the zones of firewalld that some interfaces are in, for the doctor; those that can't be read are left out.
    var bridgeZones: @Sendable ([String]) async -> BridgeZones {
        guard configuration.units == .systemd else { return { _ in BridgeZones() } }
        let bus = SystemBus()
        return { interfaces in
            var found = BridgeZones()
            for interface in interfaces {
                do {
                    guard let zone = try await bus.firewallZone(of: interface) else {
                        found.missing.append(interface)
                        continue
                    }
                    if try await bus.permanentFirewallZone(of: interface) == nil {
                        found.temporary[zone, default: []].append(interface)
                    }
                } catch {
                    logger.debug("can't get the firewalld zone of \(interface): \(error)")
                }
            }
            return found
        }
    }
}
