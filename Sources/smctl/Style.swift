import ServiceModel

/// How text is shown: with symbols and colour, or as plain words for programs and for NO_COLOR.
package enum Style: Sendable {
    case terminal
    case plain

    /// The mark in front of a service.
    func symbol(_ state: ServiceStatus.State) -> String {
        switch state {
        case .running: "●"
        case .rolling, .stopping: "◐"
        case .degraded: "!"
        case .failed: "✗"
        case .stopped, .waiting, .paused: "∥"
        }
    }

    /// Colours a cell by a service's state, after it was padded.
    func colored(_ text: String, by state: ServiceStatus.State) -> String {
        guard self == .terminal else { return text }
        let color =
            switch state {
            case .running: "32"
            case .rolling, .stopping, .degraded: "33"
            case .failed: "31"
            case .stopped, .waiting, .paused: "2"
            }
        return "\u{1B}[\(color)m\(text)\u{1B}[0m"
    }

    /// What stands for what was cut off.
    var ellipsis: String { self == .terminal ? "…" : "..." }

    /// Spells out what may not be in every terminal's font, and takes away what would steer it.
    func text(_ text: String) -> String {
        var shown = ""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "…" where self == .plain: shown += "..."
            case "→" where self == .plain: shown += "->"
            case "\n", "\r", "\t": shown += " "
            case _ where scalar.properties.generalCategory == .control: shown += "?"
            default: shown.unicodeScalars.append(scalar)
            }
        }
        return shown
    }
}
