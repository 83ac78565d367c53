package import ControlAPI
package import FoundationEssentials
package import ServiceModel

/// `smctl show`: one service, with a line for each thing that there is to know of it.
package struct ServiceScreen {
    let style: Style
    let now: Date
    let width: Int?

    /// Makes a screen.
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

    /// The lines for a service.
    ///
    /// - Parameters:
    ///   - service: As it is.
    ///   - history: What became of its revisions.
    /// - Returns: The lines.
    package func lines(_ service: ServiceStatus, _ history: HistoryDocument) -> [String] {
        heading(service) + revisions(service, history)
            + field("addresses", service.virtualServices.map { Self.text($0) })
            + field("source", [service.source].compactMap(\.self))
            + backends(service)
            + field("kept", kept(service))
            + FailureReport(style: style, width: width).lines(service)
    }

    private func heading(_ service: ServiceStatus) -> [String] {
        let since = service.since.map { " for \(Age.text(since: $0, now: now))" } ?? ""
        let state = style.colored(service.state.rawValue, by: service.state)
        let mark = style == .terminal ? style.colored(style.symbol(service.state), by: service.state) + " " : ""
        let detail = [FailureReport.detail(service), service.pull].compactMap(\.self).joined(separator: "; ")
        return ["\(mark)\(style.text(service.name))  \(state)\(since)"] + field("", detail.isEmpty ? [] : [detail])
    }

    private func revisions(_ service: ServiceStatus, _ history: HistoryDocument) -> [String] {
        var lines: [String] = []
        if let current = service.current {
            lines += field("revision", [describe(current, history)])
            let image = service.backends.first { $0.revision == current }?.image
            // As many characters as Docker shows of an id.
            lines += field("image", [image, service.digest.map { String($0.prefix(19)) }].compactMap(\.self))
        }
        if let candidate = service.candidate {
            lines += field("candidate", [describe(candidate, history) + (service.stage.map { ", \($0)" } ?? "")])
            lines += field("", [service.backends.first { $0.revision == candidate }?.image].compactMap(\.self))
        }
        if let target = service.target, target != service.current, target != service.candidate {
            lines += field("newest", [describe(target, history)])
        }
        return lines
    }

    /// A revision with when and why it came.
    private func describe(_ revision: String, _ history: HistoryDocument) -> String {
        guard let entry = history.entries.first(where: { $0.revision == revision && $0.result != .restarted }) else {
            return revision
        }
        return "\(revision), \(Age.text(since: entry.began, now: now)) ago, \(entry.cause)"
    }

    private func backends(_ service: ServiceStatus) -> [String] {
        let serving = service.backends.count { $0.phase == "serving" }
        let replicas = service.replicas.map { " of \($0)" } ?? ""
        return field("backends", ["\(serving)\(replicas) in service"])
            + service.backends.flatMap { backend in
                let parts = [
                    "slot \(backend.slot)", RevisionText.short(backend.revision), backend.role, backend.phase,
                    backend.address, "weight \(backend.weight)", backend.activeConnections.map { "\($0) active" },
                    backend.health,
                ]
                let start = String(repeating: " ", count: Self.column)
                let shown = parts.compactMap(\.self).map(style.text)
                var lines = Wrapping.lines(parts: shown, width: width, first: Self.column, indent: Self.column + 2)
                lines[0] = start + lines[0]
                return lines
            }
    }

    /// Where what stands behind the labels begins.
    private static let column = 14

    private func kept(_ service: ServiceStatus) -> [String] {
        let earlier = (service.kept ?? []).filter { $0 != service.current }
        guard !earlier.isEmpty else { return [] }
        return [earlier.map { RevisionText.short($0) }.joined(separator: ", ") + ": smctl rollback \(service.name)"]
    }

    private static func text(_ address: ServiceStatus.VirtualServiceStatus) -> String {
        let scheduler = address.scheduler.isEmpty ? "" : ", \(address.scheduler)"
        return StatusTable.short(address.address) + scheduler + (address.isPublished ? "" : ", nothing serves there")
    }

    /// A label, and a line for each text.
    private func field(_ label: String, _ texts: [String]) -> [String] {
        let start = "  " + label + String(repeating: " ", count: max(0, Self.column - 2 - label.count))
        let blank = String(repeating: " ", count: start.count)
        return texts.enumerated().flatMap { number, text in
            var lines = Wrapping.lines(style.text(text), width: width, first: start.count, indent: start.count)
            lines[0] = (number == 0 ? start : blank) + lines[0]
            return lines
        }
    }
}
