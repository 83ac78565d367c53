/// Docker's id of a container: 64 hexadecimal digits.
///
/// A destination belongs to a container, never to an address alone.
package struct ContainerID: Hashable, Sendable, CustomStringConvertible {
    package let rawValue: String

    package init(_ rawValue: String) {
        self.rawValue = rawValue
    }

    /// The first twelve digits, as `docker ps` shows them.
    package var short: String { String(rawValue.prefix(12)) }

    package var description: String { short }
}
