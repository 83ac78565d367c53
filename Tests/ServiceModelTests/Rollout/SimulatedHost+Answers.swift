import Addresses
import ServiceModel
import TestSupport

/// What the host does when it is told to, and what it answers.
extension SimulatedHost {
    /// Answers one command that is outstanding: of one instance's, and of writes to the kernel, the first.
    mutating func answerOne() {
        if hasLine, generator.once(in: 4), giveTurn() { return }
        guard let index = nextAnswer() else { return }
        let action = outstanding.remove(at: index)
        let fails = hasFaults && generator.once(in: 12)
        // A command that failed may have been carried out all the same; its caller never knows.
        if fails, action.mayBeDoneAndFail, generator.once(in: 2) { _ = answer(to: action, fails: false) }
        guard let event = answer(to: action, fails: fails) else { return check() }
        if case .instance(let id, .stopFailed(_)) = event, let container = rollout.instances[id]?.container,
            containers[container]?.isRunning == false
        {
            // Docker's events tell of the end.
            send(.instance(id, .exited(ExitReport(code: 0))))
        }
        send(event)
    }

    /// Gives the service the turn that it waits for first.
    ///
    /// - Returns: False when it waits for none.
    mutating func giveTurn() -> Bool {
        let turn = rollout.startWishes.map(\.turn).first { turns[$0] == false }
        guard let turn else { return false }
        turns[turn] = true
        send(.host(.turnGiven(turn)))
        return true
    }

    mutating func giveTurns() {
        while giveTurn() {}
    }

    /// Which command may be answered next; nil when all wait for one that is stalled.
    private mutating func nextAnswer() -> Int? {
        let isLaneStalled = stalled.contains(where: \.isWrite)
        let stalledInstances = Set(stalled.compactMap(\.instance))
        var seen: Set<InstanceID> = []
        var isFirstWrite = true
        var eligible: [Int] = []
        for (index, action) in outstanding.enumerated() {
            var isEligible = true
            if let id = action.instance { isEligible = seen.insert(id).inserted && !stalledInstances.contains(id) }
            if action.isWrite {
                isEligible = isEligible && isFirstWrite && !isLaneStalled
                isFirstWrite = false
            }
            if isEligible { eligible.append(index) }
        }
        return transcript == nil ? eligible.randomElement(using: &generator) : eligible.first
    }

    /// Puts one command aside that gets no answer for a long time.
    mutating func stallOne() {
        guard let index = nextAnswer() else { return }
        stalled.append(outstanding.remove(at: index))
    }

    mutating func answer(to action: RolloutAction, fails: Bool) -> RolloutEvent? {
        let failure = Failure("simulated", isTransient: true)
        switch action {
        case .claimAddresses(let revision, let definition):
            if let taken = definition.addresses.first(where: { foreign[$0] != nil }) {
                return .candidate(revision, .claimFailed(Failure("\(taken) isn't ours")))
            }
            if fails { return .candidate(revision, .claimFailed(failure)) }
            for address in definition.addresses where table[address] == nil { table[address] = [:] }
            return .candidate(revision, .addressesClaimed(definition.addresses))
        case .releaseAddresses(let addresses):
            for address in addresses {
                if foreign[address] != nil { violations.append(.init(invariant: "I5", message: "\(address) released")) }
                table[address] = nil
            }
            return .host(.addressesReleased(addresses))
        case .pull(let revision, _, _):
            if qualities[revision] == .noImage { return .candidate(revision, .pullFailed(Failure("no such image"))) }
            return fails
                ? .candidate(revision, .pullFailed(Failure("no such image", isTransient: generator.once(in: 2))))
                : .candidate(revision, .pulled(ImageID("sha256:\(revision)")))
        case .create(let id, let definition, _):
            if qualities[id.revision] == .cannotBeCreated { return .instance(id, .createFailed(Failure("simulated"))) }
            if fails { return .instance(id, .createFailed(passing())) }
            return .instance(id, .created(makeContainer(id, definition)))
        case .start(let id, let container, _): return start(id, container, fails: fails)
        case .attach(let id, let destinations, let weight, _), .setWeight(let id, let destinations, let weight, _):
            if fails { return .instance(id, .attachFailed(failure)) }
            for (address, endpoint) in destinations { write(weight, endpoint, address) }
            return .instance(id, .attached)
        case .drain(let id, let destinations, _):
            if fails {
                isCutOff.insert(id)
                return .instance(id, .drainFailed(failure))
            }
            for (address, endpoint) in destinations where table[address]?[endpoint] != nil {
                write(0, endpoint, address)
            }
            return .instance(id, .drained)
        case .stop(let id, let container, _):
            if fails { return .instance(id, .stopFailed(failure)) }
            checkStop(id, container)
            containers[container]?.isRunning = false
            return .instance(id, .exited(ExitReport(code: 0)))
        case .detach(let id, let destinations, _):
            if fails { return .instance(id, .detachFailed(failure)) }
            for (address, endpoint) in destinations where table[address] != nil { write(nil, endpoint, address) }
            return .instance(id, .detached)
        case .remove(let id, let container):
            if fails { return .instance(id, .removeFailed(failure)) }
            containers[container] = nil
            return .instance(id, .removed(lastLog: []))
        case .purge(let strangers):
            for (address, endpoints) in strangers where table[address] != nil {
                for endpoint in endpoints { write(nil, endpoint, address) }
            }
            return nil
        case .removeImages(let images): return .host(.imagesRemoved(images.keys.sorted { $0.rawValue < $1.rawValue }))
        case .cancelPull, .configure, .probe, .stopProbing, .setTimer, .cancelTimer, .pauseTimer, .resumeTimer, .tell:
            return nil
        }
    }

    /// Docker answers 500, or is away.
    private mutating func passing() -> Failure {
        Failure("simulated", isTransient: true, isOutage: generator.once(in: 2))
    }

    private mutating func start(_ id: InstanceID, _ container: ContainerID, fails: Bool) -> RolloutEvent {
        if fails { return .instance(id, .startFailed(passing())) }
        guard qualities[id.revision] != .cannotStart, var found = containers[container],
            let number = Int(container.rawValue.dropFirst(9)),
            let address = try? IPAddress("172.17.\(number / 200).\(number % 200 + 2)")
        else {
            return .instance(id, .startFailed(Failure("simulated")))
        }
        let endpoint = Endpoint(address: address, port: found.definition.port)
        found.endpoint = endpoint
        found.isRunning = true
        containers[container] = found
        return .instance(id, .started(endpoint))
    }
}

extension RolloutAction {
    /// True for what can be carried out although its caller is told that it failed.
    fileprivate var mayBeDoneAndFail: Bool {
        switch self {
        case .start, .attach, .setWeight, .drain, .stop, .detach, .remove: true
        // A claim makes all of it or nothing.
        case .claimAddresses, .create, .pull, .releaseAddresses: false
        case .cancelPull, .configure, .probe, .stopProbing, .purge, .removeImages, .setTimer, .cancelTimer, .pauseTimer,
            .resumeTimer, .tell:
            false
        }
    }
}
