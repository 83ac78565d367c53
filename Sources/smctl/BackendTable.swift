import ServiceModel

/// `smctl status --wide`: a line per backend.
struct BackendTable {
    let style: Style
    var width: Int?
    /// With revisions and containers in full.
    var isWhole = false

    func lines(_ services: [ServiceStatus]) -> [String] {
        var table = Table(columns: [
            "SERVICE", "SLOT", "REV", "CONTAINER", "IMAGE", "ADDRESS", "WEIGHT", "ACTIVE", "INACT", "ROLE", "PHASE",
            "HEALTH",
        ])
        for service in services {
            for backend in service.backends {
                table.add(
                    [
                        service.name, String(backend.slot),
                        isWhole ? backend.revision : RevisionText.short(backend.revision),
                        backend.container.map { isWhole ? $0 : String($0.prefix(12)) } ?? "-", backend.image,
                        backend.address ?? "-", String(backend.weight), count(backend.activeConnections),
                        count(backend.inactiveConnections), backend.role, backend.phase, backend.health ?? "-",
                    ].map(style.text)
                )
            }
            if service.backends.isEmpty {
                table.add([style.text(service.name), "-", "-", "-", "-", "-", "-", "-", "-", "-", "-", "-"])
            }
        }
        let fitting = Table.Fitting(
            cutting: [4, 0],
            keepingEnd: [4],
            droppable: [8, 4, 3, 9],
            unremarkable: ["-", "passing"],
            ellipsis: style.ellipsis
        )
        return table.lines(width: width, fitting: fitting).flatMap(\.self)
    }

    private func count(_ value: Int?) -> String { value.map(String.init) ?? "-" }
}
