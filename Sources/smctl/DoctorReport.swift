package import ControlAPI
import ServiceModel

/// `smctl doctor`: a line per check, and what to do below those that aren't well.
package struct DoctorReport {
    let style: Style
    let width: Int?

    /// Makes a report.
    ///
    /// - Parameters:
    ///   - style: With symbols, or as words.
    ///   - width: How many columns of text there are; nil: as many as it takes.
    package init(style: Style, width: Int? = nil) {
        self.style = style
        self.width = width
    }

    /// The lines for a whole document.
    package func lines(_ document: DoctorDocument) -> [String] {
        let longest = document.checks.map(\.subject.count).max() ?? 0
        // Long subjects, such as paths, don't push the sentences out of a narrow terminal.
        let column = width == nil ? longest : min(longest, 17)
        let start = (style == .terminal ? 1 : 7) + 2
        return document.checks.flatMap { check in
            let expected = check.expected.map { "; expected \($0)" } ?? ""
            let padding = String(repeating: " ", count: max(0, column - check.subject.count))
            let text = style.text("\(check.subject)\(padding)  \(check.found)\(expected)")
            let indent = start + column + 2
            var lines = Wrapping.lines(text, width: width, first: start, indent: indent)
            lines[0] = "\(mark(check.state))  \(lines[0])"
            guard let next = check.next else { return lines }
            let margin = String(repeating: " ", count: indent)
            let advice = Wrapping.lines(style.text("→ \(next)"), width: width, first: indent, indent: indent + 2)
            return lines + [margin + advice[0]] + advice.dropFirst()
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
