/// What an event comes to: the machines of a rollout write down here what is to be done, in this order.
struct Steps: Equatable, Sendable {
    /// Filled while an event is handled, empty otherwise.
    private(set) var actions: [RolloutAction] = []
    /// How often something came that fitted no state: an answer that was late or came twice.
    private(set) var ignoredEvents = 0

    mutating func emit(_ action: RolloutAction) { actions.append(action) }

    mutating func tell(_ notice: RolloutNotice) { actions.append(.tell(notice)) }

    mutating func ignore() { ignoredEvents += 1 }

    /// The actions, which are then done with.
    mutating func take() -> [RolloutAction] {
        defer { actions = [] }
        return actions
    }
}
