import Docker
import ServiceManager
import Systemd

/// Whether connections to Docker are allowed, by systemd's state of docker.service.
///
/// It has its own bus connection, because the other one may wait for seconds while systemd reloads its units.
struct DockerWatch: Sendable {
    private static let sockets = ["/run/docker.sock", "/var/run/docker.sock"]

    let gate: any EngineGate
    private let unit: DockerUnit?
    private let bus = SystemBus()

    /// Makes a watch.
    ///
    /// Its gate is always open without systemd, and for sockets other than that of docker.socket.
    init(_ configuration: Configuration) async {
        guard configuration.units == .systemd, Self.sockets.contains(configuration.dockerSocket) else {
            unit = nil
            gate = OpenGate()
            return
        }
        let bus = bus
        let unit = DockerUnit(
            try? await bus.unitState(DockerUnit.name),
            isGoingDown: { (try? await bus.unitState("shutdown.target"))?.job == .start },
            read: { try? await bus.unitState(DockerUnit.name) }
        )
        self.unit = unit
        gate = unit
    }

    /// Follows until it is cancelled.
    func follow() async {
        guard let unit else { return }
        await unit.follow(bus.listenToUnit(DockerUnit.name))
    }
}
