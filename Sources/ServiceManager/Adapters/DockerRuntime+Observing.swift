package import Docker
package import ServiceModel

/// Which containers there are, and what they are to their services.
///
/// Trouble with one container is logged, and affects only its service. Only an engine that doesn't answer is an error.
extension DockerRuntime {
    /// All containers of ours, by service.
    ///
    /// Containers whose labels can't be read, or were copied, are left alone and logged.
    ///
    /// - Parameters:
    ///   - known: Which containers are ours.
    ///   - decode: Decodes the document in a label.
    ///   - stored: A revision's definition, as it was accepted.
    ///   - lastResort: The newest definition of a service. It is used for a container whose own document is lost.
    ///   - started: Called with where each running container is reached.
    /// - Returns: What was found.
    /// - Throws: `DockerError` when the containers can't be listed.
    package func observe(
        _ known: KnownContainers,
        decode: ([UInt8]) -> ServiceDefinition?,
        stored: (ServiceID, Revision) -> ServiceDefinition?,
        lastResort: (ServiceID) -> ServiceDefinition?,
        started: (ServiceID, ContainerID, StartedContainer) -> Void
    ) async throws(DockerError) -> [ServiceID: [ObservedContainer]] {
        var found: [ServiceID: [ObservedContainer]] = [:]
        let networks = Dictionary(try await client.listNetworks().map { ($0.id, $0) }) { first, _ in first }
        let summaries = try await client.listContainers(label: [ContainerLabels.service])
        let allDetails = try await details(of: summaries)
        for summary in summaries {
            let name = summary.names.first ?? summary.id
            switch known.verdict(on: summary) {
            case .adopted: continue
            case .unreadable:
                logger.warning(
                    "the container \(name) has incomplete or invalid service-manager labels; it is left alone",
                    [.container: summary.id]
                )
            case .stranger(let labels):
                logger.warning(
                    "\(KnownContainers.description(ofStranger: summary, labels))",
                    [.service: "\(labels.service)", .container: summary.id]
                )
            case .ours(let service, let instance, let document):
                let own = stored(service, instance.revision) ?? document.flatMap { decode($0) }
                guard let definition = own ?? lastResort(service) else {
                    logger.warning(
                        "the container \(name) of \(service) has no readable definition; it is left alone",
                        [.container: summary.id]
                    )
                    continue
                }
                guard let details = allDetails[summary.id] else { continue }
                if let running = try await place(of: details, definition, networks) {
                    started(service, ContainerID(summary.id), running)
                }
                found[service, default: []].append(observed(details, instance, definition))
            }
        }
        return found
    }

    /// Containers that were adopted and have no labels, as a record names them; containers that no longer exist are left out.
    package func observe(
        adopted entries: [RolloutRecord.ContainerEntry],
        definition: (Revision) -> ServiceDefinition?,
        started: (ContainerID, StartedContainer) -> Void
    ) async throws(DockerError) -> [ObservedContainer] {
        var found: [ObservedContainer] = []
        for entry in entries {
            guard let definition = definition(entry.instance.revision) else {
                logger.warning(
                    "an adopted container has no readable definition; it is left alone",
                    [.container: entry.container]
                )
                continue
            }
            guard let details = try await detailsOfAdopted(entry.container) else { continue }
            if let running = try await place(of: details, definition, [:]) {
                started(ContainerID(details.id), running)
            }
            found.append(observed(details, entry.instance, definition))
        }
        return found
    }

    /// Where a running container is reached; nil when it doesn't run, or Docker can't be asked.
    func running(_ container: ContainerID, _ definition: ServiceDefinition) async -> StartedContainer? {
        guard let details = try? await details(of: container.rawValue) else { return nil }
        return try? await place(of: details, definition, [:])
    }

    private func observed(
        _ details: ContainerDetails,
        _ instance: InstanceID,
        _ definition: ServiceDefinition
    ) -> ObservedContainer {
        ObservedContainer(
            container: ContainerID(details.id),
            instance: instance,
            definition: definition,
            state: details.state(definition),
            image: details.imageID.isEmpty ? nil : ImageID(details.imageID)
        )
    }

    /// The containers with our labels that no service knows.
    ///
    /// - Parameters:
    ///   - known: Which containers are ours.
    ///   - definition: A revision's definition.
    /// - Returns: The containers that are ours, with their services; and by service, a sentence about each container with
    ///   copied labels.
    /// - Throws: `DockerError` when the containers can't be listed.
    package func strays(
        beside known: KnownContainers,
        definition: (ServiceID, InstanceID, [UInt8]?) -> ServiceDefinition?
    ) async throws(DockerError) -> (
        ours: [(service: ServiceID, container: ObservedContainer)], strangers: [ServiceID: [String]]
    ) {
        var ours: [(service: ServiceID, container: ObservedContainer)] = []
        var strangers: [ServiceID: [String]] = [:]
        let summaries = try await client.listContainers(label: [ContainerLabels.service])
            .filter { !known.contains(ContainerID($0.id)) }
        let suspects = summaries.filter { if case .ours = known.verdict(on: $0) { true } else { false } }
        let allDetails = try await details(of: suspects)
        for summary in summaries {
            switch known.verdict(on: summary) {
            case .adopted, .unreadable: continue
            case .stranger(let labels):
                strangers[labels.service, default: []]
                    .append(KnownContainers.description(ofStranger: summary, labels))
            case .ours(let service, let instance, let document):
                guard let definition = definition(service, instance, document), let details = allDetails[summary.id]
                else {
                    continue
                }
                ours.append((service, observed(details, instance, definition)))
            }
        }
        return (ours, strangers)
    }

    // MARK: One container

    /// Where a container is reached; nil when it isn't.
    func started(
        _ details: ContainerDetails,
        _ definition: ServiceDefinition,
        _ networks: [String: NetworkDetails] = [:]
    ) async throws(DockerError) -> StartedContainer? {
        guard let place = details.place(definition) else { return nil }
        var started = place
        started.bridge = try await bridge(of: details.network(definition), networks)
        return started
    }

    /// Where a container that was found is reached; without its bridge, if the engine can't describe its network.
    private func place(
        of details: ContainerDetails,
        _ definition: ServiceDefinition,
        _ networks: [String: NetworkDetails]
    ) async throws(DockerError) -> StartedContainer? {
        if details.isRunning, let trouble = details.trouble(definition) {
            logger.warning("the container \(details.name) can't serve: \(trouble)", [.container: details.id])
        }
        do throws(DockerError) {
            return try await started(details, definition, networks)
        } catch  where error.isOutage {
            throw error
        } catch {
            logger.warning(
                "the network of the container \(details.name) can't be inspected: \(error)",
                [.container: details.id]
            )
            return details.place(definition)
        }
    }

    /// The bridge of a container's network; nil when it has none, as with host networking.
    private func bridge(
        of network: ContainerDetails.Network?,
        _ networks: [String: NetworkDetails]
    ) async throws(DockerError) -> StartedContainer.Bridge? {
        guard let id = network?.networkID else { return nil }
        var found = networks[id]
        if found == nil { found = try await client.inspectNetwork(id) }
        guard let details = found, details.driver == "bridge", !details.subnets.isEmpty else { return nil }
        let interface = details.bridgeName ?? "br-\(details.id.prefix(12))"
        return StartedContainer.Bridge(interface: interface, subnets: details.subnets)
    }

    /// Inspects these containers; those that have been removed meanwhile are left out.
    ///
    /// They are inspected concurrently. Where Docker doesn't answer for one, or answers with an error, its entry in the list is
    /// used instead: a container that is stuck must not keep all others from being managed.
    private func details(
        of summaries: [ContainerSummary]
    ) async throws(DockerError) -> [String: ContainerDetails] {
        let results = await withTaskGroup(of: (String, Result<ContainerDetails?, DockerError>).self) { group in
            for summary in summaries {
                group.addTask {
                    do throws(DockerError) {
                        return (summary.id, .success(try await details(of: summary.id)))
                    } catch  where error.isOfOneContainer {
                        logger.warning(
                            "\(error); using Docker's container list instead",
                            [.container: summary.id]
                        )
                        return (summary.id, .success(ContainerDetails(summary)))
                    } catch {
                        return (summary.id, .failure(error))
                    }
                }
            }
            return await group.reduce(into: [:]) { $0[$1.0] = $1.1 }
        }
        var found: [String: ContainerDetails] = [:]
        for (id, result) in results { found[id] = try result.get() }
        return found
    }

    /// Containers without our labels are in no list of ours.
    private func detailsOfAdopted(_ container: String) async throws(DockerError) -> ContainerDetails? {
        do throws(DockerError) {
            return try await details(of: container)
        } catch  where error.isOfOneContainer {
            return try await client.listContainers(label: []).first { $0.id == container }.map { ContainerDetails($0) }
        }
    }

    /// Inspects a container; nil when it has been removed meanwhile.
    private func details(of container: String) async throws(DockerError) -> ContainerDetails? {
        do throws(DockerError) {
            return try await client.inspectContainer(container)
        } catch  where error.isNotFound {
            return nil
        }
    }
}

extension DockerError {
    /// True when the engine answers, but has trouble with the one container that it was asked about.
    fileprivate var isOfOneContainer: Bool {
        switch self {
        case .timedOut, .api, .undecodable, .stream: true
        case .unreachable, .stopped, .unsupportedVersion, .otherEngine, .cancelled: false
        }
    }
}
