/// The name of a service: a CouchDB document's id, or a file's name without `.json`.
///
/// It becomes part of unit names (`web@manager.service`) and of the slice `system-web.slice`, so it keeps to the
/// characters that systemd allows there unescaped (systemd.unit(5)): letters, digits, `:`, `_`, `.` and, but for the first,
/// `-`. At most 240 characters, each `-` counted four times, because the slice's name escapes it as `\x2d`.
package struct ServiceID: Hashable, Sendable, Comparable, CustomStringConvertible {
    package let rawValue: String

    /// - Throws: `DefinitionError` when the text can't be part of a unit's name.
    package init(_ text: String) throws(DefinitionError) {
        let isValid =
            text.utf8.allSatisfy { Self.isAllowed($0) } && !text.isEmpty && text.utf8.first != UInt8(ascii: "-")
        let length = text.utf8.reduce(0) { $0 + ($1 == UInt8(ascii: "-") ? 4 : 1) }
        guard isValid, length <= 240 else {
            throw DefinitionError(
                path: "_id",
                expected:
                    "a service id that can be part of a unit's name: letters, digits, `:`, `_`, `.` and (not first) `-`, "
                    + "at most 240 with each `-` counted four times",
                found: "\"\(text.prefix(80))\""
            )
        }
        rawValue = text
    }

    static func isAllowed(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"):
            true
        case UInt8(ascii: ":"), UInt8(ascii: "_"), UInt8(ascii: "."), UInt8(ascii: "-"): true
        default: false
        }
    }

    package static func < (left: ServiceID, right: ServiceID) -> Bool { left.rawValue < right.rawValue }

    package var description: String { rawValue }
}
