package import ControlAPI
package import FoundationEssentials
import ServiceModel

/// `smctl history`: a line per revision.
package struct HistoryTable {
    let style: Style
    let now: Date
    let width: Int?

    /// Makes a table.
    ///
    /// - Parameters:
    ///   - style: With colour, or as words.
    ///   - now: What ages are counted to.
    ///   - width: How many columns of text there are; nil: as many as it takes.
    package init(style: Style, now: Date, width: Int? = nil) {
        self.style = style
        self.now = now
        self.width = width
    }

    /// The lines for a whole document.
    package func lines(_ document: HistoryDocument) -> [String] {
        guard !document.entries.isEmpty else { return ["nothing is remembered of \(style.text(document.service)) yet"] }
        var table = Table(columns: ["REV", "RESULT", "WHEN", "TOOK", "WHY", "IMAGE", "DETAIL"])
        var results: [ServiceHistory.Result?] = [nil]
        for entry in document.entries {
            let cells = [
                RevisionText.short(entry.revision), entry.result.rawValue,
                Age.text(since: entry.began, now: now) + " ago",
                took(entry), entry.cause, entry.image ?? "-", entry.detail ?? "",
            ]
            table.add(cells.map(style.text))
            results.append(entry.result)
        }
        let fitting = Table.Fitting(
            cutting: [5],
            keepingEnd: [5],
            droppable: [5],
            lastResort: [4],
            ellipsis: style.ellipsis
        )
        return table.lines(width: width, fitting: fitting) { cell, row, column in
            guard column == 1, let result = results[row] else { return cell }
            return style.colored(cell, by: Self.state(result))
        }.flatMap(\.self)
    }

    private func took(_ entry: ServiceHistory.Entry) -> String {
        guard let ended = entry.ended, let end = Timestamp.date(ended), ended != entry.began else { return "-" }
        return Age.text(since: entry.began, now: end)
    }

    /// The state of a service whose colour it has.
    private static func state(_ result: ServiceHistory.Result) -> ServiceStatus.State {
        switch result {
        case .rolling: .rolling
        case .waiting: .paused
        case .current: .running
        case .failed, .rejected: .failed
        case .retired, .stopped, .superseded, .aborted, .unchanged, .restarted: .stopped
        }
    }
}
