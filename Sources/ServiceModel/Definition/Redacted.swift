/// A value that is never shown.
///
/// It prints as `<redacted>`, even in a dump of what contains it.
package struct Redacted<Value> {
    /// The value itself, for the one place that needs it.
    package let revealed: Value

    /// Hides a value.
    ///
    /// - Parameter value: The value.
    package init(_ value: Value) {
        revealed = value
    }
}

extension Redacted: Sendable where Value: Sendable {}
extension Redacted: Equatable where Value: Equatable {}
extension Redacted: Hashable where Value: Hashable {}

extension Redacted: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    /// Always `<redacted>`.
    package var description: String { "<redacted>" }

    /// Always `<redacted>`.
    package var debugDescription: String { "<redacted>" }

    /// A mirror without children.
    package var customMirror: Mirror { Mirror(self, children: []) }
}
