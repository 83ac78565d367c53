package import ControlAPI
package import FoundationEssentials
import ServiceModel

/// `smctl status`: the daemon, a line per service, and what failed below.
package struct StatusTable {
    let style: Style
    let now: Date

    /// Makes a table.
    ///
    /// - Parameters:
    ///   - style: With symbols, or as words.
    ///   - now: What ages are counted to.
    package init(style: Style, now: Date) {
        self.style = style
        self.now = now
    }

    /// The lines for a whole document.
    package func lines(_ document: StatusDocument, isWide: Bool = false) -> [String] {
        let summary = DaemonSummary(style: style, now: now).line(document)
        let table = isWide ? BackendTable(style: style).lines(document.services) : services(document.services)
        let reports = document.services.flatMap { FailureReport(style: style).lines($0) }
        return [summary, ""] + table + (reports.isEmpty ? [] : [""] + reports)
    }

    /// A line per service, and one for each further virtual service.
    private func services(_ services: [ServiceStatus]) -> [String] {
        guard !services.isEmpty else {
            return ["no services yet: put a definition into the directory or the database"]
        }
        var table = Table(columns: ["SERVICE", "STATE", "VIP", "REV", "BACKENDS", "SINCE", "DETAIL"])
        var states: [ServiceStatus.State?] = [nil]
        for service in services {
            let addresses = service.virtualServices.map(\.address)
            table.add(Self.cells(service, now: now).map(style.text))
            states.append(service.state)
            for address in addresses.dropFirst() {
                table.add(["", "", style.text(address)])
                states.append(nil)
            }
        }
        let lines = table.lines { cell, row, column in
            guard column == 1, let state = states[row] else { return cell }
            return style.colored(cell, by: state)
        }
        guard style == .terminal else { return lines }
        return zip(states, lines).map { state, line in
            state.map { style.colored(style.symbol($0), by: $0) + " " + line } ?? "  " + line
        }
    }

    /// Name, state, address, revisions, backends, age and detail.
    static func cells(_ service: ServiceStatus, now: Date) -> [String] {
        [
            service.name, service.state.rawValue, service.virtualServices.first?.address ?? "-",
            RevisionText.short(of: service), backends(service), Age.text(since: service.since, now: now),
            [service.detail, service.pull, restart(service, now)].compactMap(\.self).joined(separator: "; "),
        ]
    }

    /// When the next container is started again.
    private static func restart(_ service: ServiceStatus, _ now: Date) -> String? {
        guard let next = service.restarts?.compactMap(\.at).min() else { return nil }
        return Age.left(until: next, now: now).map { "again in \($0)" }
    }

    /// How many serve of how many there are to be; while rolling, how many of the old ones and of the new ones serve.
    private static func backends(_ service: ServiceStatus) -> String {
        let candidates = service.backends.filter { $0.role == "candidate" }
        let others = service.backends.filter { $0.role == "current" }
        let serving = others.count { $0.phase == "serving" }
        guard candidates.isEmpty else { return "\(serving)+\(candidates.count { $0.phase == "serving" })" }
        return "\(serving)/\(service.replicas ?? others.count)"
    }
}
