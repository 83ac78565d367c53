import ControlAPI
import FoundationEssentials

/// How long ago something was, in its largest unit: `6s`, `2m`, `1h`, `12d`.
enum Age {
    static func text(since time: String?, now: Date) -> String {
        guard let time, let date = Timestamp.date(time) else { return "-" }
        return text(max(0, now.timeIntervalSince(date)))
    }

    /// How long it is until then; nil when that is over, or no time.
    static func left(until time: String, now: Date) -> String? {
        guard let date = Timestamp.date(time), date > now else { return nil }
        return text(date.timeIntervalSince(now).rounded(.up))
    }

    private static func text(_ seconds: TimeInterval) -> String {
        switch seconds {
        case ..<60: "\(Int(seconds))s"
        case ..<3600: "\(Int(seconds / 60))m"
        case ..<86400: "\(Int(seconds / 3600))h"
        // A date of the far past or future is as well a number of days that fits.
        default: "\(Int(min(seconds / 86400, 99_999)))d"
        }
    }
}
