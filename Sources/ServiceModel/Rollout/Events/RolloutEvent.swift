/// What happened, grouped by what it happened to.
///
/// Each command of `RolloutAction` that names answers gets exactly one of them.
package enum RolloutEvent: Equatable, Sendable {
    /// Its document.
    case document(DocumentEvent)
    /// An order by a person.
    case `operator`(OperatorEvent)
    /// Its systemd units.
    case unit(UnitEvent)
    /// The addresses and the image of a revision.
    case candidate(Revision, CandidateEvent)
    /// One of its instances.
    case instance(InstanceID, InstanceEvent)
    /// The host, its Docker engine and its other services.
    case host(HostEvent)
    case timerFired(RolloutTimer)
}
