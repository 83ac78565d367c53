import ServiceModel

/// `smctl status --wide`: a line per backend.
struct BackendTable {
    let style: Style

    func lines(_ services: [ServiceStatus]) -> [String] {
        var table = Table(columns: [
            "SERVICE", "SLOT", "REV", "CONTAINER", "IMAGE", "ADDRESS", "WEIGHT", "ACTIVE", "INACT", "ROLE", "PHASE",
            "HEALTH",
        ])
        for service in services {
            for backend in service.backends {
                table.add(
                    [
                        service.name, String(backend.slot), backend.revision, backend.container ?? "-", backend.image,
                        backend.address ?? "-", String(backend.weight), count(backend.activeConnections),
                        count(backend.inactiveConnections), backend.role, backend.phase, backend.health ?? "-",
                    ].map(style.text)
                )
            }
            if service.backends.isEmpty {
                table.add([style.text(service.name), "-", "-", "-", "-", "-", "-", "-", "-", "-", "-", "-"])
            }
        }
        return table.lines()
    }

    private func count(_ value: Int?) -> String { value.map(String.init) ?? "-" }
}
