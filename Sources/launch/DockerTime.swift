/// The time of a log message, as Docker prints it before each one (RFC 3339 with nanoseconds).
struct DockerTime: Equatable {
    /// Seconds since 1970, UTC.
    var seconds: Int64
    /// 0 to 999,999,999.
    var nanoseconds: Int64

    init(seconds: Int64, nanoseconds: Int64) {
        self.seconds = seconds
        self.nanoseconds = nanoseconds
    }

    static func <= (left: DockerTime, right: DockerTime) -> Bool {
        left.seconds == right.seconds ? left.nanoseconds <= right.nanoseconds : left.seconds < right.seconds
    }

    /// Reads `2026-01-31T13:59:59.123456789Z`, with up to nine decimals, and with `Z` or an offset (Docker's `local` log driver
    /// prints the daemon's time zone); or seconds since 1970 with decimals, as Docker accepts them.
    init?(_ text: Bytes) {
        var reader = DigitReader(bytes: text)
        if text.count > 4, text[4] == UInt8(ascii: "-") {
            guard
                let year = reader.number(digits: 4), reader.skip("-"), let month = reader.number(digits: 2),
                reader.skip("-"), let day = reader.number(digits: 2), reader.skip("T"),
                let hour = reader.number(digits: 2), reader.skip(":"), let minute = reader.number(digits: 2),
                reader.skip(":"), let second = reader.number(digits: 2), let fraction = reader.nanoseconds(),
                let offset = reader.offset(), reader.isAtEnd, (1...12).contains(month), (1...31).contains(day)
            else { return nil }
            let days = Self.days(year: year, month: month, day: day)
            self.init(seconds: days * 86400 + hour * 3600 + minute * 60 + second - offset, nanoseconds: fraction)
        } else {
            guard let seconds = reader.number(), let fraction = reader.nanoseconds(), reader.isAtEnd else { return nil }
            self.init(seconds: seconds, nanoseconds: fraction)
        }
    }

    /// The value for the API's parameter `since`: `1769867999.123456789`.
    var sinceParameter: Bytes {
        var text: Bytes = []
        text.append(decimal: seconds)
        text += "."
        text.append(decimal: nanoseconds, width: 9)
        return text
    }

    /// The time as Docker prints it in UTC: `2026-01-31T13:59:59.123456789Z`.
    var text: Bytes {
        let days = seconds >= 0 ? seconds / 86400 : (seconds - 86399) / 86400
        let second = seconds - days * 86400
        let date = Self.date(days: days)
        var text: Bytes = []
        text.append(decimal: date.year, width: 4)
        text += "-"
        text.append(decimal: date.month, width: 2)
        text += "-"
        text.append(decimal: date.day, width: 2)
        text += "T"
        text.append(decimal: second / 3600, width: 2)
        text += ":"
        text.append(decimal: second / 60 % 60, width: 2)
        text += ":"
        text.append(decimal: second % 60, width: 2)
        text += "."
        text.append(decimal: nanoseconds, width: 9)
        text += "Z"
        return text
    }

    // The two conversions count in 400-year eras that begin on 1 March, so that the leap day is the last day of a year.

    private static func days(year: Int64, month: Int64, day: Int64) -> Int64 {
        let shifted = month <= 2 ? year - 1 : year
        let era = shifted / 400
        let yearOfEra = shifted - era * 400
        let dayOfYear = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1
        return era * 146_097 + yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear - 719_468
    }

    private static func date(days: Int64) -> (year: Int64, month: Int64, day: Int64) {
        let shifted = days + 719_468
        let era = (shifted >= 0 ? shifted : shifted - 146_096) / 146_097
        let dayOfEra = shifted - era * 146_097
        let yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let shiftedMonth = (5 * dayOfYear + 2) / 153
        let month = shiftedMonth < 10 ? shiftedMonth + 3 : shiftedMonth - 9
        return (yearOfEra + era * 400 + (month <= 2 ? 1 : 0), month, dayOfYear - (153 * shiftedMonth + 2) / 5 + 1)
    }
}
