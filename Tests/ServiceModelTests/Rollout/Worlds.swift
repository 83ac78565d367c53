import FoundationEssentials

/// Which random worlds are run.
enum Worlds {
    /// `WORLD_SEED` names a single one, `WORLD_COUNT` says how many; otherwise `count`.
    static func seeds(_ count: UInt64) -> ClosedRange<UInt64> {
        let environment = ProcessInfo.processInfo.environment
        if let seed = environment["WORLD_SEED"].flatMap({ UInt64($0) }) { return seed...seed }
        return 1...(environment["WORLD_COUNT"].flatMap { UInt64($0) } ?? count)
    }
}
