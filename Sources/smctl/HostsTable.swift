package import ControlAPI
package import FoundationEssentials
import ServiceModel

/// `smctl status --all-hosts`: a line per service of every host, and the hosts that are silent below.
package struct HostsTable {
    let style: Style
    let now: Date
    let width: Int?

    /// Makes a table.
    ///
    /// - Parameters:
    ///   - style: With symbols, or as words.
    ///   - now: What ages are counted to.
    ///   - width: How many columns of text there are; nil: as many as it takes.
    package init(style: Style, now: Date, width: Int? = nil) {
        self.style = style
        self.now = now
        self.width = width
    }

    /// The lines for a whole document.
    package func lines(_ document: HostsDocument) -> [String] {
        guard !document.hosts.isEmpty else {
            return summary(document) + ["", "no host has written into \(style.text(document.database)) yet"]
        }
        let notes = (document.hosts.filter(\.isStale).map(silence) + unreadable(document)).flatMap {
            Wrapping.lines($0, width: width, indent: 2)
        }
        return summary(document) + [""] + table(document) + (notes.isEmpty ? [] : [""] + notes)
    }

    private func summary(_ document: HostsDocument) -> [String] {
        let silent = document.hosts.count(where: \.isStale)
        let services = document.hosts.flatMap(\.services)
        let counted = ServiceStatus.State.allCases.compactMap { state in
            let count = services.count { $0.status.state == state }
            return count == 0 ? nil : "\(count) \(state.rawValue)"
        }
        let hosts = "\(document.hosts.count) \(document.hosts.count == 1 ? "host" : "hosts")"
        let noun = services.count == 1 ? "service" : "services"
        let parts = [
            style.text(document.database), hosts + (silent == 0 ? "" : ", \(silent) silent"),
            "\(services.count) \(noun)" + (counted.isEmpty ? "" : ": \(counted.joined(separator: ", "))"),
        ]
        return Wrapping.lines(parts: parts, width: width, indent: 2)
    }

    private func table(_ document: HostsDocument) -> [String] {
        var table = Table(columns: ["HOST", "SERVICE", "STATE", "VIP", "REV", "BACKENDS", "SINCE", "DETAIL"])
        var states: [(state: ServiceStatus.State?, isStale: Bool)] = [(nil, false)]
        for host in document.hosts {
            for service in host.services {
                let cells = StatusTable.cells(service.status, now: now)
                // What a silent host said last may not be true any more.
                let state = service.status.state.rawValue + (host.isStale ? "?" : "")
                let row = [host.host, cells[0], state] + cells[2...]
                table.add(row.map(style.text))
                states.append((service.status.state, host.isStale))
            }
            if host.services.isEmpty {
                table.add([host.host, "-", host.isStale ? "silent" : "-"].map(style.text))
                states.append((nil, host.isStale))
            }
        }
        let fitting = Table.Fitting(cutting: [1, 0, 3], droppable: [6], ellipsis: style.ellipsis)
        return table.lines(width: width, fitting: fitting) { cell, row, column in
            guard column == 2, let state = states[row].state else { return cell }
            return style.colored(cell, by: states[row].isStale ? .degraded : state)
        }.flatMap(\.self)
    }

    private func silence(_ host: HostStatus) -> String {
        let name = style.text(host.host)
        guard host.heartbeat != nil else { return "\(name) never gave a sign of life" }
        let version = host.version.map { " (service-managerd \(style.text($0)))" } ?? ""
        return "\(name) has been silent for \(Age.text(since: host.heartbeat, now: now))\(version): "
            + "on that host, run: systemctl status service-managerd"
    }

    private func unreadable(_ document: HostsDocument) -> [String] {
        guard let first = document.unreadable.first else { return [] }
        let others = document.unreadable.count == 1 ? "" : " and \(document.unreadable.count - 1) others"
        return ["not understood, from another version or another program: \(style.text(first))\(others)"]
    }
}
