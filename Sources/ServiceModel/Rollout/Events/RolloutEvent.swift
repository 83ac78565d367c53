/// What happened, by whom it is about.
///
/// Every command of `RolloutAction` that names an answer is answered by exactly one of its two answers.
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
    /// The host, its Docker engine and what else runs there.
    case host(HostEvent)
    case timerFired(RolloutTimer)
}
