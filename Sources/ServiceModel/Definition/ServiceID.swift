/// The name of a service: a CouchDB document's id, or a file's name without `.json`.
///
/// It becomes part of unit names (`web@manager.service`) and of the slice `system-web.slice`. So it consists of the characters
/// that systemd allows there unescaped (systemd.unit(5)): letters, digits, `:`, `_`, `.` and, except at the beginning, `-`. It
/// has at most 240 characters with each `-` counted four times, because the slice's name escapes it as `\x2d`, and at most
/// 176 in all, so that `<id>@<revision>.service` fits into systemd's 255 characters (UNIT_NAME_MAX).
package struct ServiceID: Hashable, Sendable, RawRepresentable {
    /// The id as it is written in unit names.
    package let rawValue: String

    /// Checks an id.
    ///
    /// - Parameter text: The id.
    /// - Throws: `DefinitionError` when the text can't be part of a unit's name.
    package init(_ text: String) throws(DefinitionError) {
        guard Self.isValid(text) else {
            throw DefinitionError(
                path: "_id",
                expected:
                    "a service id that can be part of a unit's name: letters, digits, `:`, `_`, `.` and (not first) "
                    + "`-`, at most 176 and at most 240 with each `-` counted four times",
                found: Shown.string(text)
            )
        }
        rawValue = text
    }

    /// Checks an id.
    ///
    /// - Parameter rawValue: The id; nil when it can't be part of a unit's name.
    package init?(rawValue: String) {
        guard Self.isValid(rawValue) else { return nil }
        self.rawValue = rawValue
    }

    private static func isValid(_ text: String) -> Bool {
        guard let first = text.utf8.first, first != UInt8(ascii: "-"), text != ".", text != ".." else { return false }
        let length = text.utf8.reduce(0) { $0 + ($1 == UInt8(ascii: "-") ? 4 : 1) }
        return length <= 240 && text.utf8.count <= 176 && text.utf8.allSatisfy(isAllowed)
    }

    /// Whether a byte is allowed in the name of a service or a revision.
    static func isAllowed(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"):
            true
        case UInt8(ascii: ":"), UInt8(ascii: "_"), UInt8(ascii: "."), UInt8(ascii: "-"): true
        default: false
        }
    }
}

extension ServiceID: Comparable {
    /// Orders as text.
    package static func < (left: Self, right: Self) -> Bool { left.rawValue < right.rawValue }
}

extension ServiceID: CustomStringConvertible {
    /// The id.
    package var description: String { rawValue }
}
