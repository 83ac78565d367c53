/// Collects the actions that an event leads to, in the order in which they are carried out.
struct Steps: Equatable, Sendable {
    /// Filled while an event is handled, empty otherwise.
    private(set) var actions: [RolloutAction] = []
    /// How often something came that fitted no state: an answer that was late or came twice.
    private(set) var ignoredEvents = 0

    /// The timers that were set and haven't fired; those that stand still are among them.
    var timers: Set<RolloutTimer> = []

    /// Writes down an action; what would change a timer that doesn't run is left out.
    mutating func emit(_ action: RolloutAction) {
        switch action {
        case .setTimer(let timer, _): timers.insert(timer)
        case .cancelTimer(let timer): guard timers.remove(timer) != nil else { return }
        case .pauseTimer(let timer), .resumeTimer(let timer): guard timers.contains(timer) else { return }
        case .claimAddresses, .releaseAddresses, .configure, .purge, .pull, .cancelPull, .create, .start, .probe,
            .stopProbing, .attach, .setWeight, .drain, .stop, .detach, .remove, .removeImages, .tell:
            break
        }
        actions.append(action)
    }

    /// A timer has fired: it doesn't run any more.
    mutating func fired(_ timer: RolloutTimer) { timers.remove(timer) }

    mutating func tell(_ notice: RolloutNotice) { actions.append(.tell(notice)) }

    mutating func ignore() { ignoredEvents += 1 }

    /// The actions, which are then done with.
    mutating func take() -> [RolloutAction] {
        defer { actions = [] }
        return actions
    }
}
