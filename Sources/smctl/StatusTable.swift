package import ControlAPI
package import FoundationEssentials
import ServiceModel

/// `smctl status`: the daemon, a line per service, and what failed below.
package struct StatusTable {
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
    ///
    /// - Parameters:
    ///   - document: What is shown.
    ///   - isWide: A line per backend instead of one per service.
    ///   - isWhole: With revisions and containers in full, and nothing cut.
    /// - Returns: The lines.
    package func lines(_ document: StatusDocument, isWide: Bool = false, isWhole: Bool = false) -> [String] {
        let summary = DaemonSummary(style: style, now: now, width: isWhole ? nil : width).lines(document)
        let table =
            isWide
            ? BackendTable(style: style, width: isWhole ? nil : width, isWhole: isWhole).lines(document.services)
            : services(document.services, isWhole: isWhole)
        let reports = document.services.flatMap { FailureReport(style: style, width: isWhole ? nil : width).lines($0) }
        return summary + [""] + table + (reports.isEmpty ? [] : [""] + reports)
    }

    /// A line per service, and one for each further virtual service.
    private func services(_ services: [ServiceStatus], isWhole: Bool) -> [String] {
        guard !services.isEmpty else {
            return Wrapping.lines("no services yet: put a definition into the directory or the database", width: width)
        }
        var table = Table(columns: ["SERVICE", "STATE", "VIP", "REV", "BACKENDS", "SINCE", "DETAIL"])
        var states: [ServiceStatus.State?] = [nil]
        for service in services {
            let addresses = service.virtualServices.map(\.address)
            var shown = service
            // A terminal has no room to say it twice.
            if width != nil, !isWhole { shown.detail = FailureReport.detail(service) }
            table.add(Self.cells(shown, now: now, isWhole: isWhole).map(style.text))
            states.append(service.state)
            for address in addresses.dropFirst() {
                table.add(["", "", style.text(Self.short(address))])
                states.append(nil)
            }
        }
        let fitting = Table.Fitting(cutting: [0, 2], margin: style == .terminal ? 2 : 0, ellipsis: style.ellipsis)
        let rows = table.lines(width: isWhole ? nil : width, fitting: fitting) { cell, row, column in
            guard column == 1, let state = states[row] else { return cell }
            return style.colored(cell, by: state)
        }
        guard style == .terminal else { return rows.flatMap(\.self) }
        return zip(states, rows).flatMap { state, lines in
            let mark = state.map { style.colored(style.symbol($0), by: $0) + " " } ?? "  "
            return [mark + lines[0]] + lines.dropFirst().map { "  " + $0 }
        }
    }

    /// An address without what goes without saying.
    static func short(_ address: String) -> String {
        address.hasSuffix("/tcp") ? String(address.dropLast(4)) : address
    }

    /// Name, state, address, revisions, backends, age and detail.
    static func cells(_ service: ServiceStatus, now: Date, isWhole: Bool = false) -> [String] {
        [
            service.name, service.state.rawValue, service.virtualServices.first.map { short($0.address) } ?? "-",
            isWhole ? service.candidate ?? service.current ?? "-" : RevisionText.short(of: service), backends(service),
            Age.text(since: service.since, now: now),
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
