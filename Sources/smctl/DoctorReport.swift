package import ControlAPI
import ServiceModel

/// `smctl doctor`: a line per check, and what to do below those that aren't well.
package struct DoctorReport {
    let style: Style

    /// Makes a report.
    ///
    /// - Parameter style: With symbols, or as words.
    package init(style: Style) {
        self.style = style
    }

    /// The lines for a whole document.
    package func lines(_ document: DoctorDocument) -> [String] {
        let width = document.checks.map(\.subject.count).max() ?? 0
        return document.checks.flatMap { check in
            let subject = check.subject + String(repeating: " ", count: width - check.subject.count)
            let expected = check.expected.map { "; expected \($0)" } ?? ""
            let first = "\(mark(check.state))  \(style.text("\(subject)  \(check.found)\(expected)"))"
            guard let next = check.next else { return [first] }
            let indent = String(repeating: " ", count: (style == .terminal ? 1 : 7) + 2 + width + 2)
            return [first, indent + style.text("→ \(next)")]
        }
    }

    private func mark(_ state: HostCheck.State) -> String {
        switch (state, style) {
        case (.ok, .plain): "ok     "
        case (.warning, .plain): "warning"
        case (.broken, .plain): "broken "
        case (.ok, .terminal): style.colored("✓", by: .running)
        case (.warning, .terminal): style.colored("!", by: .degraded)
        case (.broken, .terminal): style.colored("✗", by: .failed)
        }
    }
}
