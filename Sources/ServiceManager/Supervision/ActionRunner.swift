import Addresses
import Backoff
import Logging
import ServiceModel

/// The only place where an action becomes a call to an adapter, and its outcome an event.
struct ActionRunner<Runtime: ContainerRuntime, Balancer: LoadBalancer, Time: Clock>: Sendable
where Time.Duration == Duration {
    let service: ServiceID
    let runtime: Runtime
    let balancer: Balancer
    let prober: any Prober
    let clock: Time
    let store: StateStore
    let units: any UnitKeeping
    let board: StatusBoard
    let logger: Logger
    let send: @Sendable (SupervisorEvent) -> Void
    /// Called when the service has released addresses, so that others may have them.
    let addressesFreed: @Sendable () -> Void
    /// Writes to the kernel come one after the other.
    let lane = SerialLane()
    private let probing = Leases()
    private let draining = Leases()
    private let pulls = EndableWork<Revision>()

    init(
        service: ServiceID,
        runtime: Runtime,
        balancer: Balancer,
        prober: any Prober,
        clock: Time,
        store: StateStore,
        units: any UnitKeeping,
        board: StatusBoard,
        logger: Logger,
        send: @escaping @Sendable (SupervisorEvent) -> Void,
        addressesFreed: @escaping @Sendable () -> Void
    ) {
        self.service = service
        self.runtime = runtime
        self.balancer = balancer
        self.prober = prober
        self.clock = clock
        self.store = store
        self.units = units
        self.board = board
        self.logger = logger
        self.send = send
        self.addressesFreed = addressesFreed
    }

    /// The work of an action; nil when it is done at once, or waits in the lane.
    func work(for action: RolloutAction) -> (@Sendable () async -> Void)? {
        switch action {
        case .claimAddresses(let revision, let definition):
            let claimed = RolloutEvent.candidate(revision, .addressesClaimed(definition.addresses))
            inLane(claimed, { .candidate(revision, .claimFailed($0)) }) { () async throws(Failure) in
                try await balancer.claim(definition, of: service, claims)
            }
        case .configure(let definition): lane.add { await configure(definition) }
        case .releaseAddresses(let addresses): lane.add { await release(addresses) }
        case .purge(let strangers): lane.add { await purge(strangers) }
        case .pull(let revision, let definition, let known): return { await pull(revision, definition, known) }
        case .cancelPull(let revision): pulls.end(revision)
        case .removeImages(let images): return { await removeImages(images) }
        case .create(let id, let definition, let image): return { await create(id, definition, image) }
        case .start(let id, let container, let definition): return { await start(id, container, definition) }
        case .probe(let id, let container, let endpoint, let check, let cadence, let assumed):
            let lease = probing.take(id)
            let target = ProbeTarget(container: container, endpoint: endpoint, check: check, cadence: cadence)
            return { await probe(id, target, assumed, lease) }
        case .stopProbing(let id): probing.end(id)
        case .attach(let id, let destinations, let weight, let definition),
            .setWeight(let id, let destinations, let weight, let definition):
            draining.end(id)
            inLane(.instance(id, .attached), { .instance(id, .attachFailed($0)) }) { () async throws(Failure) in
                try await balancer.set(destinations, weight: weight, definition, of: service, claims)
            }
        case .drain(let id, let destinations, _): return drain(id, destinations)
        case .stop(let id, let container, let definition):
            draining.end(id)
            return { await stop(id, container, definition) }
        case .detach(let id, let destinations, _):
            draining.end(id)
            inLane(.instance(id, .detached), { .instance(id, .detachFailed($0)) }) { () async throws(Failure) in
                try await balancer.delete(destinations, of: service)
            }
        case .remove(let id, let container): return { await remove(id, container) }
        case .setTimer, .cancelTimer, .pauseTimer, .resumeTimer, .tell: break
        }
        return nil
    }

    func sleep(_ duration: Duration, thenFire timer: RolloutTimer, _ number: Int) async {
        guard (try? await clock.sleep(for: duration)) != nil else { return }
        send(.timerFired(timer, number))
    }

    private func happened(_ event: RolloutEvent) {
        send(.happened(event))
    }

    private func inLane(
        _ done: RolloutEvent,
        _ failed: @escaping @Sendable (Failure) -> RolloutEvent,
        _ work: @escaping @Sendable () async throws(Failure) -> Void
    ) {
        inLane(
            { result in
                switch result {
                case .success: happened(done)
                case .failure(let failure): happened(failed(failure))
                }
            },
            work
        )
    }

    private func inLane(
        _ answer: @escaping @Sendable (Result<Void, Failure>) -> Void,
        _ work: @escaping @Sendable () async throws(Failure) -> Void
    ) {
        lane.add {
            do throws(Failure) {
                try await work()
                answer(.success(()))
            } catch {
                answer(.failure(error))
            }
        }
    }

    // MARK: The kernel

    /// Releases addresses, and repeats it until it succeeds: nothing waits for it, and a virtual service that is left behind
    /// would refuse connections.
    private func release(_ addresses: [ServiceAddress]) async {
        for attempt in 0... {
            do throws(Failure) {
                try await balancer.release(addresses, of: service)
                store.removeClaims(addresses, of: service)
                addressesFreed()
                return happened(.host(.addressesReleased(addresses)))
            } catch {
                logger.warning("a virtual service could not be deleted; the attempt is repeated", [.error: "\(error)"])
                guard (try? await clock.sleep(for: RolloutPolicy.backoff.delay(attempt))) != nil else { return }
            }
        }
    }

    private func purge(_ strangers: [ServiceAddress: [Endpoint]]) async {
        for (address, endpoints) in strangers {
            for endpoint in endpoints {
                do throws(Failure) {
                    try await balancer.delete([address: endpoint], of: service)
                } catch {
                    logger.warning(
                        "a destination whose container no longer exists could not be deleted",
                        [.address: "\(address)", .destination: "\(endpoint)", .error: "\(error)"]
                    )
                }
            }
        }
    }

    /// Sets weight 0 first, in the lane.
    ///
    /// Then it counts the connections until none is active, or the drain is ended.
    private func drain(
        _ id: InstanceID,
        _ destinations: [ServiceAddress: Endpoint]
    ) -> (@Sendable () async -> Void) {
        let lease = draining.take(id)
        let (quiesced, signal) = AsyncStream.makeStream(of: Void.self)
        inLane(
            { result in
                switch result {
                case .success: signal.yield()
                case .failure(let failure): happened(.instance(id, .drainFailed(failure)))
                }
                signal.finish()
            },
            { () async throws(Failure) in try await balancer.quiesce(destinations, of: service) }
        )
        return {
            for await _ in quiesced {
                let began = clock.now
                var count = DrainCount()
                while draining.holds(id, lease), !Task.isCancelled {
                    if let event = await look(&count, id, destinations, since: began) { return happened(event) }
                    try? await clock.sleep(for: .milliseconds(100))
                }
            }
        }
    }

    /// Counts the connections that are left; nil to keep waiting.
    private func look(
        _ count: inout DrainCount,
        _ id: InstanceID,
        _ destinations: [ServiceAddress: Endpoint],
        since began: Time.Instant
    ) async -> RolloutEvent? {
        let active: Int
        switch await balancer.activeConnections(destinations) {
        case .success(let number): active = number
        case .failure(let failure): return .instance(id, .drainFailed(failure))
        }
        switch count.counted(active, at: began.duration(to: clock.now)) {
        case .drained: return .instance(id, .drained)
        case .wait: return nil
        case .look:
            let open = await balancer.openConnections(destinations)
            return count.looked(open, at: began.duration(to: clock.now)) ? .instance(id, .drained) : nil
        }
    }

    // MARK: Containers

    private func pull(_ revision: Revision, _ definition: ServiceDefinition, _ known: ImageID?) async {
        await pulls.run(revision) {
            do throws(Failure) {
                var image = try await runtime.pull(revision, of: service, definition, known: known) { line in
                    if !Task.isCancelled { board.setPull(line, of: service) }
                }
                // Another revision or service may have pulled the image that is here already.
                if image.pulled == nil { image.pulled = board.registry.pulledReference(of: image) }
                if !Task.isCancelled { happened(.candidate(revision, .pulled(image))) }
            } catch {
                if !Task.isCancelled { happened(.candidate(revision, .pullFailed(error))) }
            }
        }
        board.setPull(nil, of: service)
    }

    /// Removes images.
    ///
    /// Images that stay are harmless, so the number of attempts is limited.
    private func removeImages(_ images: [Revision: ImageID]) async {
        let images = images.mapValues { image in
            var image = image
            // A name that another service's image was also pulled by is removed with the last of them.
            if let pulled = image.pulled, board.registry.isPulled(pulled, besides: service) { image.pulled = nil }
            return image
        }
        for attempt in 0..<5 {
            do throws(Failure) {
                try await runtime.removeImages(images, of: service)
                break
            } catch {
                logger.info("\(error)", [.service: "\(service)"])
                guard (try? await clock.sleep(for: RolloutPolicy.backoff.delay(attempt))) != nil else { return }
            }
        }
        happened(.host(.imagesRemoved(images.keys.sorted { $0.rawValue < $1.rawValue })))
    }

    private func create(_ id: InstanceID, _ definition: ServiceDefinition, _ image: ImageID?) async {
        do throws(Failure) {
            let document = try store.keptDocument(of: service, id.revision)
            let accepted = AcceptedDefinition(revision: id.revision, definition: definition, document: document)
            happened(.instance(id, .created(try await runtime.create(id, of: service, accepted, image: image))))
        } catch {
            happened(.instance(id, .createFailed(error)))
        }
    }

    private func start(_ id: InstanceID, _ container: ContainerID, _ definition: ServiceDefinition) async {
        do throws(Failure) {
            let started = try await runtime.start(container, definition)
            board.registry.containerStarted(started, container, of: service)
            happened(.instance(id, .started(started.endpoint, other: started.otherEndpoint)))
        } catch {
            happened(.instance(id, .startFailed(error)))
        }
    }

    private func stop(_ id: InstanceID, _ container: ContainerID, _ definition: ServiceDefinition) async {
        do throws(Failure) {
            happened(.instance(id, .exited(try await runtime.stop(container, definition))))
        } catch {
            happened(.instance(id, .stopFailed(error)))
        }
    }

    private func remove(_ id: InstanceID, _ container: ContainerID) async {
        // A container that never ran has no output to wait for.
        if await runtime.hasRun(container) { await units.outputCopied(of: container, service) }
        do throws(Failure) {
            happened(.instance(id, .removed(lastLog: try await runtime.remove(container))))
        } catch {
            happened(.instance(id, .removeFailed(error)))
        }
    }

    // MARK: Probes

    private func probe(_ id: InstanceID, _ target: ProbeTarget, _ assumed: ProbeVerdict?, _ lease: Int) async {
        var verdict = ProbeHistory(check: target.check, verdict: assumed)
        while probing.holds(id, lease), !Task.isCancelled {
            let outcome = await prober.probe(target)
            guard probing.holds(id, lease) else { return }
            if let changed = verdict.add(outcome) { happened(.instance(id, .probed(changed))) }
            if let evidence = verdict.exhausted { happened(.instance(id, .exhausted(evidence))) }
            try? await clock.sleep(for: target.interval)
        }
    }
}
