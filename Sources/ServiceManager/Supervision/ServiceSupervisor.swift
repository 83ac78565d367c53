package import Logging
package import ServiceModel
import Synchronization

/// Owns one service's rollout: takes its events one after the other, and has its actions carried out.
///
/// The rollout is a local variable of `run`: nothing else can reach it, so there is no lock. Lengthy work runs in child
/// tasks, and its results come back as events.
package struct ServiceSupervisor<Runtime: ContainerRuntime, Balancer: LoadBalancer, Time: Clock>: Sendable
where Time.Duration == Duration {
    private let runner: ActionRunner<Runtime, Balancer, Time>
    private let stream: AsyncStream<SupervisorEvent>
    private let continuation: AsyncStream<SupervisorEvent>.Continuation
    private let store: StateStore
    private let units: any UnitKeeping
    private let turns: StartTurns
    private let clock: Time
    private let board: StatusBoard
    private let logger: Logger
    private let gone: @Sendable () -> Void
    private let backlog = Backlog()
    private let promises: PromiseWatch

    package let service: ServiceID

    package init(
        _ service: ServiceID,
        runtime: Runtime,
        balancer: Balancer,
        prober: any Prober,
        clock: Time,
        store: StateStore,
        units: any UnitKeeping,
        turns: StartTurns,
        board: StatusBoard,
        logger: Logger,
        addressesFreed: @escaping @Sendable () -> Void,
        gone: @escaping @Sendable () -> Void = {}
    ) {
        self.service = service
        promises = PromiseWatch(service, board: board, logger: logger)
        self.store = store
        self.units = units
        self.turns = turns
        self.clock = clock
        self.board = board
        self.logger = logger
        self.gone = gone
        (stream, continuation) = AsyncStream.makeStream()
        let continuation = continuation
        runner = ActionRunner(
            service: service,
            runtime: runtime,
            balancer: balancer,
            prober: prober,
            clock: clock,
            store: store,
            units: units,
            board: board,
            logger: logger,
            send: { continuation.yield($0) },
            addressesFreed: addressesFreed
        )
    }

    /// Sends the service an event.
    ///
    /// Never waits.
    package func send(_ event: RolloutEvent) {
        backlog.told()
        continuation.yield(.told(event))
    }

    /// True when every event has been handled, and nothing is left that must be remembered.
    package var isDone: Bool { backlog.isDone }

    /// Ends `run` once all events are handled.
    package func end() { continuation.finish() }

    /// Compares the kernel's table once more in the service's lane, and repairs what still differs.
    ///
    /// - Parameter found: What differed a moment ago; a write of the service may have been under way.
    package func repair(_ found: [TrafficRepair]) {
        runner.lane.add { await runner.repair(found) }
    }

    /// Supervises until it is cancelled.
    ///
    /// The containers and the kernel's table stay as they are.
    package func run(adopting observation: Observation) async {
        let stored = store.load(service)
        var (rollout, actions) = Rollout.recovered(
            service,
            record: stored?.record,
            definitions: stored?.definitions.mapValues(\.definition) ?? [:],
            observation: observation
        )
        var timers = Timers<Time>()
        var written = stored?.record
        var settled: Revision?
        await withDiscardingTaskGroup { group in
            group.addTask { await runner.lane.run() }
            publish(rollout, &written)
            perform(actions, of: rollout, &timers, in: &group)
            tellWhatIsLeft(rollout, timers)
            settleHistory(rollout, &settled)
            turns.update(rollout, send)
            backlog.handled(0, isForgettable: rollout.isForgettable)
            if rollout.isForgettable { gone() }
            for await event in stream {
                let isTold = if case .told = event { true } else { false }
                guard let event = accepted(event, &timers) else { continue }
                logger.debug("\(service): happened: \(event.text)", of: service)
                let before = rollout
                actions = rollout.handle(event)
                promises.look(before: before, event: event, actions: actions, after: rollout)
                publish(rollout, &written)
                perform(actions, of: rollout, &timers, in: &group)
                tellWhatIsLeft(rollout, timers)
                settleHistory(rollout, &settled)
                turns.update(rollout, send)
                backlog.handled(isTold ? 1 : 0, isForgettable: rollout.isForgettable)
                if rollout.isForgettable { gone() }
            }
            group.cancelAll()
        }
        turns.leave(service)
    }

    /// The event to handle; nil for a timer that was cancelled or set again since.
    private func accepted(_ event: SupervisorEvent, _ timers: inout Timers<Time>) -> RolloutEvent? {
        switch event {
        case .happened(let event), .told(let event): return event
        case .timerFired(let timer, let number):
            guard timers.ended(timer, number) else { return nil }
            return .timerFired(timer)
        }
    }

    /// Writes the record to disk before any action is carried out, and shows the rollout.
    private func publish(_ rollout: Rollout, _ written: inout RolloutRecord?) {
        let record = rollout.record
        if record != written {
            store.save(record, of: service)
            written = record
        }
        board.update(rollout)
        units.update(rollout.unitWishes)
    }

    /// The rollout knows that there is a deadline, and its timer when that is.
    private func tellWhatIsLeft(_ rollout: Rollout, _ timers: Timers<Time>) {
        let left = rollout.candidate?.lastTimer.flatMap { timers.left($0, at: clock.now) }
        board.setLeft(left, of: service)
    }

    /// Brings the history's entry for the current revision in line with the rollout.
    private func settleHistory(_ rollout: Rollout, _ settled: inout Revision?) {
        let current = rollout.management == .managed ? rollout.current : nil
        guard current?.revision != settled else { return }
        settled = current?.revision
        if let current { store.settleHistory(current, of: service) }
    }

    private func perform(
        _ actions: [RolloutAction],
        of rollout: Rollout,
        _ timers: inout Timers<Time>,
        in group: inout DiscardingTaskGroup
    ) {
        for action in actions {
            if let text = action.text { logger.debug("\(service): to do: \(text)", of: service) }
            switch action {
            case .setTimer(let timer, let duration):
                let number = timers.set(timer, endingAt: clock.now.advanced(by: duration))
                group.addTask { await runner.sleep(duration, thenFire: timer, number) }
            case .cancelTimer(let timer): timers.cancel(timer)
            case .pauseTimer(let timer): timers.pause(timer, at: clock.now)
            case .resumeTimer(let timer):
                guard let left = timers.resume(timer) else { continue }
                let number = timers.set(timer, endingAt: clock.now.advanced(by: left))
                group.addTask { await runner.sleep(left, thenFire: timer, number) }
            case .tell(let notice):
                JournalStory.tell(notice, of: service, logger)
                store.remember(notice, image: rollout.candidate?.definition.image, of: service)
            case .claimAddresses, .purge, .configure, .releaseAddresses, .pull, .cancelPull, .create, .start, .probe,
                .stopProbing, .attach, .drain, .setWeight, .stop, .detach, .remove, .removeImages:
                if let work = runner.work(for: action) { group.addTask { await work() } }
            }
        }
    }
}

/// How many events a supervisor hasn't handled yet, and the result of those that it has.
private final class Backlog: Sendable {
    private let state = Mutex((count: 0, isForgettable: false))

    var isDone: Bool { state.withLock { $0.count == 0 && $0.isForgettable } }

    func told() { state.withLock { $0.count += 1 } }

    func handled(_ number: Int, isForgettable: Bool) {
        state.withLock { state in
            state.count -= number
            state.isForgettable = isForgettable
        }
    }
}

/// An event for a supervisor.
enum SupervisorEvent: Sendable {
    /// From the supervisor's own work.
    case happened(RolloutEvent)
    /// From the manager.
    case told(RolloutEvent)
    /// The number tells a timer from an earlier one of the same name.
    case timerFired(RolloutTimer, Int)
}
