/// Why what a person asks makes no sense in the state that a service is in, and what to do instead.
package struct OperatorRefusal: Error, Equatable, Sendable {
    package var message: String
    package var next: String

    package init(_ message: String, next: String) {
        self.message = message
        self.next = next
    }
}
