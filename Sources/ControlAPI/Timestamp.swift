package import FoundationEssentials

/// Times as the control socket writes them: RFC 3339, UTC.
package enum Timestamp {
    /// A time with its milliseconds, such as `2026-09-01T10:00:06.412Z`.
    package static func text(_ date: Date) -> String {
        date.formatted(Date.ISO8601FormatStyle(includingFractionalSeconds: true))
    }

    /// Reads a time, with or without fractions of a second; nil when it is none.
    package static func date(_ text: String) -> Date? {
        let whole = Date.ISO8601FormatStyle()
        let fractional = Date.ISO8601FormatStyle(includingFractionalSeconds: true)
        return (try? fractional.parse(text)) ?? (try? whole.parse(text))
    }
}
