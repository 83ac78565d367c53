/// An option of the source-hashing schedulers `sh` and `mh` (ipvsadm(8), `--sched-flags`).
package enum SchedulerFlag: String, Sendable, CaseIterable {
    /// Choose another destination while the hashed one has weight 0.
    case fallback
    /// Hash the client's port, too.
    case port
}
