/// How a virtual service spreads connections, by its definition.
package struct TrafficSettings: Hashable, Sendable {
    /// The IPVS scheduler's name.
    package var scheduler: String
    /// Options of the scheduler; only `sh` and `mh` have any.
    package var schedulerFlags: Set<SchedulerFlag>
    /// How long a client stays with a destination, in whole seconds; nil when it doesn't.
    package var persistence: Duration?

    package init(scheduler: String, schedulerFlags: Set<SchedulerFlag> = [], persistence: Duration? = nil) {
        self.scheduler = scheduler
        self.schedulerFlags = schedulerFlags
        self.persistence = persistence
    }
}

extension TrafficSettings: CustomStringConvertible {
    /// Such as `sh with fallback and port, persistent for 5m`.
    package var description: String {
        let flags = schedulerFlags.map(\.rawValue).sorted().joined(separator: " and ")
        return scheduler + (flags.isEmpty ? "" : " with \(flags)")
            + (persistence.map { ", persistent for \($0.shortText)" } ?? "")
    }
}

extension ServiceDefinition {
    /// How its virtual services spread connections.
    package var trafficSettings: TrafficSettings {
        TrafficSettings(scheduler: scheduler, schedulerFlags: schedulerFlags, persistence: persistence)
    }
}
