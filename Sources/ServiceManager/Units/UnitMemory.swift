/// What is remembered of units, whether they run or not.
struct UnitMemory {
    /// Whether another daemon ran since the boot: what it left inactive, a person stopped.
    let hasPredecessor: Bool
    /// Units whose start is under way.
    var starting: Set<UnitName> = []
    /// Units that have run, or were started, under this daemon's eyes.
    var seen: Set<UnitName> = []
    /// Units that a person stopped: they aren't started again for now.
    var stopRequested: Set<UnitName> = []
}
