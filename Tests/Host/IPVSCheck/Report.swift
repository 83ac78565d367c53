import IPVS

/// Counts what is as expected, and tells what isn't.
final class Report {
    private(set) var failures = 0
    private(set) var checks = 0

    /// The last line: how many there were.
    func end() { print("\(checks) checks, \(failures) failures") }

    func expect(_ isTrue: Bool, _ what: String, _ found: @autoclosure () -> String = "") {
        checks += 1
        guard !isTrue else { return }
        failures += 1
        print("FAILED \(what) \(found())")
    }

    func expect<Value: Equatable>(_ found: Value, _ expected: Value, _ what: String) {
        expect(found == expected, what, "\n  found    \(found)\n  expected \(expected)")
    }

    /// Expects a call to throw an error.
    func expect<Value>(
        _ expected: IPVSError,
        _ what: String,
        _ call: () async throws(IPVSError) -> Value
    ) async {
        do {
            let value = try await call()
            expect(false, what, "found \(value), expected: \(expected)")
        } catch {
            expect(error, expected, what)
        }
    }
}
