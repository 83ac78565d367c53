import Docker
import ServiceManager
import Systemd

/// Whether Docker may be talked to, as systemd tells it of docker.service.
///
/// On a bus connection of its own: the other one may wait for seconds while systemd reads its units.
struct DockerWatch: Sendable {
    private static let sockets = ["/run/docker.sock", "/var/run/docker.sock"]

    let gate: any EngineGate
    private let unit: DockerUnit?
    private let bus = SystemBus()

    /// Always open without systemd, and for sockets that aren't docker.socket's.
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
