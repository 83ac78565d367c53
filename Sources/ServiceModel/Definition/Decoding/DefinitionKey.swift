/// The fields of a document.
package enum DefinitionKey: String, Sendable, CaseIterable {
    case image, port, address
    case healthCheck = "health_check"
    case environment, volumes, command, entrypoint, user, network, labels, hostname, memory, cpus, pids, ulimits
    case stopSignal = "stop_signal"
    case stopTimeout = "stop_timeout"
    case drainTimeout = "drain_timeout"
    case minHealthy = "min_healthy"
    case pullDeadline = "pull_deadline"
    case pullProgressDeadline = "pull_progress_deadline"
    case startDeadline = "start_deadline"
    case healthyDeadline = "healthy_deadline"
    case progressDeadline = "progress_deadline"
    case order, parallelism, replicas, canary, scheduler
    case schedulerFlags = "scheduler_flags"
    case persistence, weight, pull, roll, wants, after, hosts, enabled
}

/// The fields of a document's `health_check`.
package enum HealthCheckKey: String, Sendable, CaseIterable {
    case kind, path, port, host, status, headers, json, command, interval
    case startupInterval = "startup_interval"
    case timeout, rise, fall
    case restartAfter = "restart_after"
}
