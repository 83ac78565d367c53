/// Collects the actions of an event, in the order in which they are carried out.
struct Steps: Equatable, Sendable {
    /// Filled while an event is handled, empty otherwise.
    private(set) var actions: [RolloutAction] = []
    /// How many events didn't fit the state: late or repeated answers.
    private(set) var ignoredEvents = 0

    /// The timers that were set and haven't fired, including paused ones.
    var timers: Set<RolloutTimer> = []

    /// Adds an action.
    ///
    /// An action on a timer that isn't set is left out.
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

    /// Records that a timer has fired.
    mutating func fired(_ timer: RolloutTimer) { timers.remove(timer) }

    mutating func tell(_ notice: RolloutNotice) { actions.append(.tell(notice)) }

    mutating func ignore() { ignoredEvents += 1 }

    /// Returns the actions, and removes them.
    mutating func take() -> [RolloutAction] {
        defer { actions = [] }
        return actions
    }
}
