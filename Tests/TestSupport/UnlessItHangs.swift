import Dispatch
import Synchronization

/// Makes a call that never returns when the program is broken, so that a test can say so instead of hanging, too.
///
/// - Parameters:
///   - limit: How long it may take.
///   - call: The call; it has a thread of its own.
///   - release: Frees that thread, when the call hangs.
/// - Returns: What the call returns; nil when it hangs.
package func unlessItHangs<Value: Sendable>(
    within limit: Duration = .seconds(20),
    _ call: @escaping @Sendable () -> Value,
    release: () -> Void
) -> Value? {
    let value = Shared<Value>()
    let hasReturned = DispatchSemaphore(value: 0)
    DispatchQueue(label: "may hang").async {
        value.set(call())
        hasReturned.signal()
    }
    let milliseconds = Int(limit / .milliseconds(1))
    if hasReturned.wait(timeout: .now() + .milliseconds(milliseconds)) == .timedOut {
        release()
        return nil
    }
    return value.get()
}

/// A value that one thread leaves for another.
private final class Shared<Value: Sendable>: Sendable {
    private let value = Mutex<Value?>(nil)

    func set(_ new: Value) { value.withLock { $0 = new } }

    func get() -> Value? { value.withLock { $0 } }
}
