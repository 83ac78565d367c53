/// Counts what holds and what doesn't, and tells each on its own line.
final class Check {
    private(set) var failures = 0
    private(set) var count = 0

    /// Notes whether something holds.
    func that(_ what: String, _ holds: Bool, _ found: @autoclosure () -> String = "") {
        count += 1
        if holds { return print("ok    \(what)") }
        failures += 1
        print("FAIL  \(what)  \(found())")
    }

    /// Notes an error that should not have been.
    func failed(_ what: String, _ error: any Error) {
        that(what, false, "\(error)")
    }
}
