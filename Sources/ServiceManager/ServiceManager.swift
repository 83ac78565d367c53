import Docker
package import ServiceModel

/// Supervises all services: one supervisor each, fed by the sources of definitions, the units, Docker and the operator.
package struct ServiceManager<Runtime: ContainerRuntime, Balancer: LoadBalancer, Time: Clock>: Sendable
where Time.Duration == Duration {
    private let parts: Parts
    private let host: DefinitionHost
    private let sources: Set<DefinitionOrigin>
    private let databases: UnitDatabases
    /// The time between two beats.
    private static var pacing: Duration { .seconds(5) }
    /// How many beats units have to connect after an upgrade from a version that didn't record where definitions come from.
    private static var beatsForUnits: Int { 6 }
    /// True when a document's address alone makes a service run: there are no units to start it.
    private let runsWithoutUnits: Bool
    private let stream: AsyncStream<ManagerEvent>
    /// The entry for everything that happens outside.
    ///
    /// Sending never waits.
    package let inbox: ManagerInbox

    /// - Parameters:
    ///   - parts: The parts that it works with.
    ///   - hostName: What `hosts` in a definition is compared with.
    ///   - policy: What definitions may ask of this host.
    ///   - runsWithoutUnits: True when a document's address alone makes a service run.
    ///   - sources: The sources of definitions that are configured.
    ///   - databases: The databases that only units name.
    ///   - events: The stream of events; created by the caller, because the parts send to it, too.
    package init(
        _ parts: Parts,
        hostName: String,
        policy: Policy = Policy(),
        runsWithoutUnits: Bool,
        sources: Set<DefinitionOrigin> = [],
        databases: UnitDatabases = UnitDatabases(useDefault: { _ in }, forget: { _ in }),
        events: (stream: AsyncStream<ManagerEvent>, continuation: AsyncStream<ManagerEvent>.Continuation) =
            AsyncStream.makeStream()
    ) {
        self.parts = parts
        host = DefinitionHost(name: hostName, policy: policy)
        self.runsWithoutUnits = runsWithoutUnits
        self.sources = sources
        self.databases = databases
        stream = events.stream
        inbox = ManagerInbox(continuation: events.continuation)
    }

    /// Supervises until it is cancelled, beginning with what was found on the host.
    ///
    /// - Parameters:
    ///   - observations: Containers and destinations of ours, by service.
    ///   - beat: Called at least every 10 s while the loop is alive. It feeds the watchdog.
    package func run(
        adopting observations: [ServiceID: Observation],
        beat: @escaping @Sendable () -> Void
    ) async {
        var supervisors: [ServiceID: ServiceSupervisor<Runtime, Balancer, Time>] = [:]
        let memories = memories
        var intake = DefinitionIntake(
            hostName: host.name,
            policy: host.policy,
            configured: sources,
            remembered: memories,
            logger: parts.logger
        )
        var told = Told(sources: memories.compactMapValues(\.source))
        var beats = 0
        var orphans = OrphanWatch(
            suspects: Set(observations.keys.filter { parts.store.load($0) == nil }),
            expectedSources: sources.count,
            interval: Self.pacing
        )
        for service in orphans.waiting {
            parts.logger.warning(
                "\(service): containers were found, but the service has no record: it runs on, and is removed "
                    + "only if no source defines it",
                [.service: "\(service)"]
            )
        }
        await withDiscardingTaskGroup { group in
            let known = Set(parts.store.services).union(observations.keys)
            parts.turns.expect(known)
            parts.board.registry.expect(known)
            for service in known.sorted() {
                let observation = observations[service] ?? Observation()
                supervisors[service] = supervise(service, observation, in: &group)
            }
            group.addTask { await pace() }
            for await event in stream {
                switch event {
                case .beat:
                    beat()
                    beats += 1
                    parts.store.writeAgain()
                    for service in orphans.beat() { withdraw(service, supervisors[service]) }
                    if beats == Self.beatsForUnits {
                        follow(intake.stopWaitingForUnits(), intake, &supervisors, &told, in: &group)
                        show(intake, nil, supervisors, &told)
                    }
                    for service in intake.unitsInQuestion {
                        group.addTask { if await parts.units.isGone(service) { databases.forget(service) } }
                    }
                case .gone(let service):
                    // An event may have come for it meanwhile.
                    guard supervisors[service]?.isDone == true else { continue }
                    supervisors.removeValue(forKey: service)?.end()
                    parts.store.forget(service)
                    told.sources[service] = nil
                    told.asked[service] = nil
                case .addressesChanged:
                    for supervisor in supervisors.values { supervisor.send(.host(.addressesChanged)) }
                case .drifted(let service, let repairs): supervisors[service]?.repair(repairs)
                case .source(let event, let origin):
                    orphans.take(event, from: origin)
                    let events = intake.take(event, from: origin)
                    follow(events, intake, &supervisors, &told, in: &group)
                    show(
                        intake,
                        event.id.map { id in [ServiceID(rawValue: id)].compactMap(\.self) },
                        supervisors,
                        &told
                    )
                case .databaseNamed(let service, let origin):
                    let events = intake.name(origin, by: service)
                    follow(events, intake, &supervisors, &told, in: &group)
                    show(intake, [service], supervisors, &told)
                case .service(let service, let event):
                    if supervisors[service] == nil, event.concernsUnknownServices {
                        supervisors[service] = supervise(service, Observation(), in: &group)
                        show(intake, [service], supervisors, &told)
                    }
                    if event.concernsUnknownServices { orphans.wanted(service) }
                    supervisors[service]?.send(event)
                }
            }
            group.cancelAll()
        }
    }

    /// What was last reported about the sources, so that only changes are reported.
    private struct Told {
        /// The source that is recorded for each service.
        var sources: [ServiceID: DefinitionOrigin]
        /// What services without a document were told about the sources.
        var asked: [ServiceID: String] = [:]
        var needsDefault = false
    }

    /// Where the services' definitions came from, as recorded.
    private var memories: [ServiceID: DefinitionIntake.Memory] {
        let services = parts.store.services.map { service in
            let record = parts.store.load(service)?.record
            var source = parts.store.source(of: service)
            if runsWithoutUnits, source?.isUnits == true { source = nil }
            let hasUnit = !runsWithoutUnits && record?.isManaged == true
            return (service, DefinitionIntake.Memory(source: source, target: record?.target, hasUnit: hasUnit))
        }
        return Dictionary(uniqueKeysWithValues: services)
    }

    /// Passes on what follows from the sources' events.
    private func follow(
        _ events: [(ServiceID, IntakeEvent)],
        _ intake: DefinitionIntake,
        _ supervisors: inout [ServiceID: ServiceSupervisor<Runtime, Balancer, Time>],
        _ told: inout Told,
        in group: inout DiscardingTaskGroup
    ) {
        for (service, event) in events {
            // A definition that is only for other hosts is ignored.
            if supervisors[service] == nil, event.isForOthers { continue }
            let supervisor = supervisors[service] ?? supervise(service, Observation(), in: &group)
            supervisors[service] = supervisor
            // Recorded before it is acted on: after a restart no other source may count.
            let source = intake.source(of: service)
            if told.sources[service] != source {
                parts.store.save(source, of: service)
                told.sources[service] = source
            }
            deliver(event, to: supervisor)
        }
    }

    /// Shows how the sources are, and where the definitions of services come from.
    ///
    /// - Parameters:
    ///   - intake: What the sources reported.
    ///   - services: The services to show; nil for all.
    ///   - supervisors: The services that are supervised.
    ///   - told: What was reported before.
    private func show(
        _ intake: DefinitionIntake,
        _ services: [ServiceID]?,
        _ supervisors: [ServiceID: ServiceSupervisor<Runtime, Balancer, Time>],
        _ told: inout Told
    ) {
        parts.board.setSources(intake.sources)
        for service in services ?? Array(supervisors.keys) {
            guard let supervisor = supervisors[service] else { continue }
            parts.board.setOrigins(intake.origins(of: service), warnings: intake.warnings(of: service), of: service)
            let asked = intake.asked(for: service)
            if told.asked[service] != asked { supervisor.send(.document(.sourcesAsked(asked))) }
            told.asked[service] = asked
        }
        let needsDefault = intake.needsDefaultDatabase
        if needsDefault != told.needsDefault { databases.useDefault(needsDefault) }
        told.needsDefault = needsDefault
    }

    private func pace() async {
        while !Task.isCancelled {
            inbox.send(.beat)
            try? await parts.clock.sleep(for: Self.pacing)
        }
    }

    private func supervise(
        _ service: ServiceID,
        _ observation: Observation,
        in group: inout DiscardingTaskGroup
    ) -> ServiceSupervisor<Runtime, Balancer, Time> {
        let supervisor = ServiceSupervisor(
            service,
            runtime: parts.runtime,
            balancer: parts.balancer,
            prober: parts.prober,
            clock: parts.clock,
            store: parts.store,
            units: parts.units,
            turns: parts.turns,
            board: parts.board,
            logger: parts.logger,
            addressesFreed: { inbox.send(.addressesChanged) },
            gone: { inbox.send(.gone(service)) }
        )
        group.addTask { await supervisor.run(adopting: observation) }
        return supervisor
    }

    /// Removes a service that isn't wanted.
    private func withdraw(_ service: ServiceID, _ supervisor: ServiceSupervisor<Runtime, Balancer, Time>?) {
        parts.logger.warning(
            "\(service): no source defines the service, and it has no record: it is drained, stopped and removed",
            [.service: "\(service)"]
        )
        supervisor?.send(.document(.withdrawn))
        parts.units.withdrawn(service)
    }

    private func deliver(_ event: IntakeEvent, to supervisor: ServiceSupervisor<Runtime, Balancer, Time>) {
        switch event {
        case .accepted(let accepted):
            // Stored before it is acted on, so that a restart in between finds it.
            parts.store.keep(accepted.document, accepted.revision, of: supervisor.service)
            supervisor.send(.document(.defined(accepted.revision, accepted.definition)))
            if accepted.definition.enabled {
                parts.units.defined(accepted, of: supervisor.service)
            } else {
                parts.units.withdrawn(supervisor.service)
            }
            if runsWithoutUnits { supervisor.send(.unit(.managerStarted(nil))) }
        case .rejected(let revision, let reasons): supervisor.send(.document(.rejected(revision, reasons)))
        case .withdrawn:
            supervisor.send(.document(.withdrawn))
            parts.units.withdrawn(supervisor.service)
        }
    }
}

extension RolloutEvent {
    /// True for events that may come before a service's document does.
    fileprivate var concernsUnknownServices: Bool {
        if case .unit(.managerStarted) = self { true } else { false }
    }
}

extension IntakeEvent {
    /// True for a definition that names hosts, but not this one.
    fileprivate var isForOthers: Bool {
        guard case .accepted(let accepted) = self else { return false }
        return accepted.definition.hosts != nil && !accepted.definition.enabled
    }
}
