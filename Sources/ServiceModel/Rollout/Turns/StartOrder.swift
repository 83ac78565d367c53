/// The line in which the services of a host wait to pull images and to start containers, and its order.
///
/// A limited number of pulls and of starts run at a time. They are counted separately, so that a registry that hangs doesn't
/// hold up a container whose image is on this host. A service has a turn for as long as it names it, so no turn can be lost.
///
/// Services that served before and are down come first. Then come, in this order: those that most others wait for (`wants`,
/// `after`), those with fewer running instances, and those that have waited longer. One that was overtaken `patience` times
/// is next.
package struct StartOrder: Equatable, Sendable {
    /// How many others may overtake a waiting service.
    package static let patience = 100

    /// A turn, and the service that it is given to.
    package struct Given: Equatable, Sendable {
        package var service: ServiceID
        package var turn: StartTurn
    }

    private struct Place: Hashable {
        var service: ServiceID
        var turn: StartTurn
    }

    private struct Waiting: Equatable {
        var wish: StartWish
        /// Its number in the order of arrival.
        var number: Int
        var overtaken = 0
    }

    /// How many pulls, and how many starts, run at a time; 1 or more.
    package let limit: Int
    private var holders: Set<Place> = []
    private var waiting: [Place: Waiting] = [:]
    private var last = 0
    /// The services that a service's definition names in `wants` and `after`.
    private var needs: [ServiceID: Set<ServiceID>] = [:]
    /// How many services wait for each service, directly or through others; computed when needed.
    private var dependents: [ServiceID: Int]?

    package init(limit: Int) {
        self.limit = max(1, limit)
    }

    /// Takes the turns that a service waits for or has.
    ///
    /// Turns that it no longer names are taken back.
    ///
    /// - Parameters:
    ///   - service: The service.
    ///   - wishes: All of its turns.
    ///   - needs: The services that it names in `wants` and `after`.
    package mutating func update(_ service: ServiceID, _ wishes: [StartWish], needs: Set<ServiceID>) {
        let turns = Set(wishes.map(\.turn))
        holders = holders.filter { $0.service != service || turns.contains($0.turn) }
        waiting = waiting.filter { $0.key.service != service || turns.contains($0.key.turn) }
        for wish in wishes {
            let place = Place(service: service, turn: wish.turn)
            if holders.contains(place) { continue }
            if waiting[place] == nil {
                last += 1
                waiting[place] = Waiting(wish: wish, number: last)
            } else {
                waiting[place]?.wish = wish
            }
        }
        guard self.needs[service, default: []] != needs else { return }
        self.needs[service] = needs.isEmpty ? nil : needs
        dependents = nil
    }

    /// Gives the free turns.
    ///
    /// - Returns: The turns that were given, in their order.
    package mutating func give() -> [Given] {
        guard !waiting.isEmpty else { return [] }
        var given: [Given] = []
        for isPull in [true, false] {
            var free = limit - holders.count { $0.turn.isPull == isPull }
            guard free > 0 else { continue }
            let line = line(isPull)
            for place in line.prefix(free) {
                guard let taken = waiting.removeValue(forKey: place) else { continue }
                free -= 1
                holders.insert(place)
                given.append(Given(service: place.service, turn: place.turn))
                for other in line where waiting[other]?.number ?? .max < taken.number {
                    waiting[other]?.overtaken += 1
                }
            }
        }
        return given
    }

    /// How many pulls or starts come before each service's own first one; services that don't wait aren't named.
    package mutating func ahead() -> [ServiceID: Int] {
        var ahead: [ServiceID: Int] = [:]
        guard !waiting.isEmpty else { return ahead }
        for isPull in [true, false] {
            for (index, place) in line(isPull).enumerated() {
                ahead[place.service] = min(ahead[place.service] ?? .max, index)
            }
        }
        return ahead
    }

    /// The waiting pulls, or the waiting starts, the next one first.
    private mutating func line(_ isPull: Bool) -> [Place] {
        let places = waiting.filter { $0.key.turn.isPull == isPull }
        guard places.count > 1 else { return Array(places.keys) }
        let dependents = self.dependents ?? countDependents()
        self.dependents = dependents
        let ranked = places.map { place, waiting in
            let wish = waiting.wish
            let isPatient = waiting.overtaken < Self.patience
            return (
                place,
                key: [
                    isPatient ? 1 : 0, isPatient ? wish.urgency.rawValue : 0,
                    isPatient ? -dependents[place.service, default: 0] : 0, isPatient ? wish.rank : 0, waiting.number,
                ]
            )
        }
        return ranked.sorted { $0.key.lexicographicallyPrecedes($1.key) }.map(\.0)
    }

    private func countDependents() -> [ServiceID: Int] {
        var counts: [ServiceID: Int] = [:]
        for service in needs.keys {
            var found: Set<ServiceID> = []
            var open = Array(needs[service, default: []])
            while let next = open.popLast() {
                guard next != service, found.insert(next).inserted else { continue }
                open.append(contentsOf: needs[next, default: []])
            }
            for next in found { counts[next, default: 0] += 1 }
        }
        return counts
    }
}

extension StartTurn {
    fileprivate var isPull: Bool {
        switch self {
        case .pull: true
        case .start: false
        }
    }
}
