package import ServiceModel

/// The name of ours that a kept revision's image has: `service-manager/web:8-44ab0c1d`.
///
/// A person sees by it what an image is kept for, and an image that has it isn't dangling when the tag that it was pulled by
/// moves on.
package struct KeptImageTag: Equatable, Sendable, CustomStringConvertible {
    /// `service-manager/` and the service.
    package let repository: String
    /// The revision.
    package let tag: String

    private static let prefix = "service-manager/"

    /// Nil where the service or the revision can't be part of an image's name
    /// (github.com/distribution/reference: lower case, single separators between letters and digits).
    package init?(_ revision: Revision, of service: ServiceID) {
        let name = service.rawValue
        guard name.utf8.count <= 200, Self.isComponent(name), Self.isTag(revision.rawValue) else { return nil }
        repository = Self.prefix + name
        tag = revision.rawValue
    }

    package var description: String { "\(repository):\(tag)" }

    private static func isComponent(_ text: String) -> Bool {
        var wasSeparator = true
        for byte in text.utf8 {
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "0")...UInt8(ascii: "9"): wasSeparator = false
            case UInt8(ascii: "."), UInt8(ascii: "-"), UInt8(ascii: "_"):
                if wasSeparator { return false }
                wasSeparator = true
            default: return false
            }
        }
        return !wasSeparator
    }

    private static func isTag(_ text: String) -> Bool {
        !text.hasPrefix(".") && !text.hasPrefix("-") && !text.utf8.contains(UInt8(ascii: ":")) && text.utf8.count <= 128
    }
}
