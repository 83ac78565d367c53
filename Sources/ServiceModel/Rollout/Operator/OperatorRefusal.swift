/// Why a person's request makes no sense in the service's present state, and what to do instead.
package struct OperatorRefusal: Error, Equatable, Sendable {
    package var message: String
    package var next: String

    package init(_ message: String, next: String) {
        self.message = message
        self.next = next
    }
}
