/// Which texts are valid names.
enum Names {
    /// Whether a byte is a letter, a digit, `_`, `.` or `-`.
    static func isWord(_ byte: UInt8) -> Bool {
        JSONReader.isLetter(byte) || JSONReader.isDigit(byte) || byte == UInt8(ascii: ".") || byte == UInt8(ascii: "-")
    }

    /// Whether a byte is a hexadecimal digit.
    static func isHexadecimal(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "f"), UInt8(ascii: "A")...UInt8(ascii: "F"): true
        default: JSONReader.isDigit(byte)
        }
    }

    /// A host's name (RFC 1123, section 2.1): labels of letters, digits and inner hyphens, at most 63 long.
    static func isHost(_ text: some StringProtocol, maximumLength: Int) -> Bool {
        guard text.utf8.count <= maximumLength else { return false }
        return text.split(separator: ".", omittingEmptySubsequences: false).allSatisfy { label in
            (1...63).contains(label.utf8.count) && label.first != "-" && label.last != "-"
                && label.utf8.allSatisfy { isWord($0) && $0 != UInt8(ascii: "_") && $0 != UInt8(ascii: ".") }
        }
    }

    /// The name of a Docker volume or network: `[a-zA-Z0-9][a-zA-Z0-9_.-]*`, at most 255 long.
    static func isDockerObject(_ text: some StringProtocol) -> Bool {
        guard let first = text.utf8.first, text.utf8.count <= 255 else { return false }
        return isWord(first) && ![UInt8(ascii: "_"), UInt8(ascii: "."), UInt8(ascii: "-")].contains(first)
            && text.utf8.allSatisfy(isWord)
    }

    /// The name of a volume of Docker's `local` driver: `[a-zA-Z0-9][a-zA-Z0-9_.-]+` (moby, daemon/names/names.go).
    static func isVolume(_ text: some StringProtocol) -> Bool { text.utf8.count >= 2 && isDockerObject(text) }

    /// The name of an HTTP header: a token (RFC 9110, section 5.6.2).
    static func isHeader(_ text: String) -> Bool {
        !text.isEmpty
            && text.utf8.allSatisfy {
                JSONReader.isLetter($0) || JSONReader.isDigit($0) || "!#$%&'*+-.^`|~".utf8.contains($0)
            }
    }

    /// Whether a text is printable ASCII without a space.
    static func isVisible(_ text: some StringProtocol) -> Bool {
        text.utf8.allSatisfy { $0 > 0x20 && $0 < 0x7f }
    }

    /// A unit's name (systemd.unit(5)) with its suffix, which is `.service` when the text has none; nil when it isn't valid.
    static func unit(_ text: String) -> String? {
        let suffixes = [
            ".service", ".target", ".socket", ".device", ".mount", ".automount", ".swap", ".timer", ".path", ".slice",
            ".scope",
        ]
        let name = suffixes.contains(where: text.hasSuffix) ? text : "\(text).service"
        guard let prefix = name.utf8.first, prefix != UInt8(ascii: "."), prefix != UInt8(ascii: "@"),
            name.utf8.count <= 255,
            name.utf8.allSatisfy({ ServiceID.isAllowed($0) || $0 == UInt8(ascii: "@") || $0 == UInt8(ascii: "\\") })
        else { return nil }
        return name
    }

    /// A signal's name as Docker accepts it, with `SIG` (signal(7)); nil for an unknown one.
    static func signal(_ text: String) -> String? {
        if let number = Int(text) { return (1...64).contains(number) ? text : nil }
        let upper = text.uppercased()
        let name = upper.hasPrefix("SIG") ? String(upper.dropFirst(3)) : upper
        return signals.contains(name) || isRealTimeSignal(name) ? "SIG\(name)" : nil
    }

    private static func isRealTimeSignal(_ name: String) -> Bool {
        for (prefix, range) in [("RTMIN+", 1...15), ("RTMAX-", 1...14)] where name.hasPrefix(prefix) {
            return Int(name.dropFirst(prefix.utf8.count)).map(range.contains) ?? false
        }
        return name == "RTMIN" || name == "RTMAX"
    }

    private static let signals: Set<String> = [
        "HUP", "INT", "QUIT", "ILL", "TRAP", "ABRT", "IOT", "BUS", "FPE", "KILL", "USR1", "SEGV", "USR2", "PIPE",
        "ALRM",
        "TERM", "STKFLT", "CHLD", "CLD", "CONT", "STOP", "TSTP", "TTIN", "TTOU", "URG", "XCPU", "XFSZ", "VTALRM",
        "PROF",
        "WINCH", "IO", "POLL", "PWR", "SYS",
    ]
}
