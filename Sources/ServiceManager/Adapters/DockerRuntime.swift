import Addresses
import BlockingCalls
package import Docker
import FoundationEssentials
package import Logging
package import ServiceModel

/// Containers through the Docker Engine API.
package struct DockerRuntime: ContainerRuntime {
    let client: DockerClient
    let logins: RegistryLogins
    let logger: Logger
    private let credentials: String?
    private let hostName: String?
    private let execChecks: ExecChecks

    /// - Parameters:
    ///   - client: The engine.
    ///   - logins: Of the registries.
    ///   - credentials: The folder of the daemon's systemd credentials; nil: it has none.
    ///   - hostName: The host's name, which containers get as `SYSTEM_HOSTNAME`; nil: they don't.
    ///   - logger: Where oddities are told.
    package init(
        client: DockerClient,
        logins: RegistryLogins,
        credentials: String? = nil,
        hostName: String? = nil,
        logger: Logger
    ) {
        self.client = client
        self.logins = logins
        self.credentials = credentials
        self.hostName = hostName
        execChecks = ExecChecks(client: client)
        self.logger = logger
    }

    package func create(
        _ instance: InstanceID,
        of service: ServiceID,
        _ document: AcceptedDefinition,
        image: ImageID?
    ) async throws(Failure) -> ContainerID {
        var spec = try await spec(instance, of: service, document)
        // The name says more to a person who lists containers, as long as it stands for the revision's image.
        if let image, (try? await client.inspectImage(spec.image))?.id != image.rawValue { spec.image = image.rawValue }
        let name = ContainerLabels.name(instance, of: service)
        do throws(DockerError) {
            return ContainerID(try await client.createContainer(name: name, spec))
        } catch  where error.isConflict {
            return try await replace(name, instance, service, spec, error)
        } catch  where error.isNotFound && image != nil {
            return try await createAgain(name, spec, document.definition, image)
        } catch {
            throw Failure(error, "the container \(name) can't be created")
        }
    }

    /// What the container is made of.
    ///
    /// The files that its environment names may be on a server that doesn't answer.
    private func spec(
        _ instance: InstanceID,
        of service: ServiceID,
        _ document: AcceptedDefinition
    ) async throws(Failure) -> ContainerSpec {
        let credentials = credentials
        let hostName = hostName
        guard document.definition.environment.contains(where: \.value.isElsewhere) else {
            return try ContainerSpec(instance, of: service, document, credentials: credentials, hostName: hostName)
        }
        let limit = Duration.seconds(10)
        let spec = await BlockingPool.files.run(within: limit) {
            Result { () throws(Failure) in
                try ContainerSpec(instance, of: service, document, credentials: credentials, hostName: hostName)
            }
        }
        guard let spec else {
            throw Failure(
                "the files that environment names aren't read within \(limit.shortText): check what they are mounted from",
                isTransient: true
            )
        }
        return try spec.get()
    }

    /// The revision's image was removed from this host since it was pulled.
    private func createAgain(
        _ name: String,
        _ spec: ContainerSpec,
        _ definition: ServiceDefinition,
        _ image: ImageID?
    ) async throws(Failure) -> ContainerID {
        var spec = spec
        if let image { spec.image = try await restore(image, definition) { _ in }.rawValue }
        do throws(DockerError) {
            return ContainerID(try await client.createContainer(name: name, spec))
        } catch {
            throw Failure(error, "the container \(name) can't be created")
        }
    }

    /// The name is taken: by one of ours that was made by a daemon that died before it knew, or by a stranger's.
    private func replace(
        _ name: String,
        _ instance: InstanceID,
        _ service: ServiceID,
        _ spec: ContainerSpec,
        _ conflict: DockerError
    ) async throws(Failure) -> ContainerID {
        do throws(DockerError) {
            let found = try await client.inspectContainer(name)
            guard found.labels[ContainerLabels.service] == service.rawValue, !found.isRunning else { throw conflict }
            try await client.removeContainer(found.id)
            return ContainerID(try await client.createContainer(name: name, spec))
        } catch {
            throw Failure(error, "the container \(name) can't be created, its name is taken by another")
        }
    }

    package func start(
        _ container: ContainerID,
        _ definition: ServiceDefinition
    ) async throws(Failure) -> StartedContainer {
        do throws(DockerError) {
            try await client.startContainer(container.rawValue)
            return try await started(try await client.inspectContainer(container.rawValue), definition)
        } catch {
            throw Failure(error, "the container \(container) can't be started")
        }
    }

    private func started(
        _ details: ContainerDetails,
        _ definition: ServiceDefinition,
        _ networks: [String: NetworkDetails] = [:]
    ) async throws(DockerError) -> StartedContainer {
        let found = details.endpoints(definition)
        guard let first = found.first else {
            throw .api(
                status: 500,
                message: details.isRunning
                    ? "it has no address in the network \(definition.network ?? "bridge")"
                    : "it exited at once with code \(details.exitCode)",
                call: "inspect"
            )
        }
        for address in definition.addresses
        where !found.contains(where: { $0.address.family == address.endpoint.address.family }) {
            throw .api(
                status: 500,
                message:
                    "it has no \(address.endpoint.address.family == .ipv4 ? "IPv4" : "IPv6") address in the network "
                    + "\(definition.network ?? "bridge"), which the service address \(address) needs: give the network a "
                    + "subnet of that family (docker network create --ipv6 --subnet …), or leave that address out",
                call: "inspect"
            )
        }
        let network = details.network(definition)
        return StartedContainer(
            endpoint: first,
            otherEndpoint: found.dropFirst().first,
            processID: details.pid,
            hardwareAddress: network?.macAddress,
            bridge: try await bridge(of: network, networks)
        )
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

    package func stop(_ container: ContainerID, _ definition: ServiceDefinition) async throws(Failure) -> ExitReport {
        do throws(DockerError) {
            try await client.stopContainer(container.rawValue, timeout: definition.stopTimeout)
            let details = try await client.inspectContainer(container.rawValue)
            return ExitReport(code: details.exitCode, outOfMemory: details.outOfMemory)
        } catch  where error.isNotFound {
            return ExitReport(code: 0)
        } catch {
            throw Failure(error, "the container \(container) can't be stopped")
        }
    }

    package func hasRun(_ container: ContainerID) async -> Bool {
        // A container that ended because Docker is being stopped must not start it again.
        await client.untilEngineRuns()
        guard let details = try? await client.inspectContainer(container.rawValue) else { return true }
        return details.status != "created"
    }

    package func remove(_ container: ContainerID) async throws(Failure) -> [String] {
        await client.untilEngineRuns()
        execChecks.forget(container)
        let lines = (try? await client.logs(container.rawValue, tail: 50)) ?? []
        do throws(DockerError) {
            try await client.removeContainer(container.rawValue)
            return lines
        } catch  where error.isNotFound {
            return lines
        } catch {
            throw Failure(error, "the container \(container) can't be removed")
        }
    }

    /// What the image's own HEALTHCHECK says.
    package func health(of container: ContainerID) async -> ProbeOutcome {
        do throws(DockerError) {
            guard let health = try await client.inspectContainer(container.rawValue).health else {
                return .failure("the image has no HEALTHCHECK: give it one, or set health_check to http or tcp")
            }
            guard health.status != "healthy" else { return .success }
            return .failure("docker: \(health.status)\(health.lastLog.map { ": \($0)" } ?? "")")
        } catch {
            return .failure("\(error)")
        }
    }

    /// Runs a command inside a container; 0 is healthy.
    package func run(_ command: [String], in container: ContainerID, limit: Duration) async -> ProbeOutcome {
        // An engine that is stopped says nothing of the container.
        await client.untilEngineRuns()
        return await execChecks.run(command, in: container, limit: limit)
    }

    /// All containers with our labels, by service.
    ///
    /// Those whose labels can't be understood are left alone, and named.
    package func observe(
        decode: ([UInt8]) -> ServiceDefinition?,
        known: (ServiceID, Revision) -> ServiceDefinition?,
        lastResort: (ServiceID) -> ServiceDefinition?,
        started: (ServiceID, ContainerID, StartedContainer) -> Void
    ) async throws(DockerError) -> [ServiceID: [ObservedContainer]] {
        var found: [ServiceID: [ObservedContainer]] = [:]
        let networks = Dictionary(try await client.listNetworks().map { ($0.id, $0) }) { first, _ in first }
        let summaries = try await client.listContainers(label: [ContainerLabels.service])
        let allDetails = try await details(of: summaries)
        for summary in summaries {
            let name = summary.names.first ?? summary.id
            guard let labels = ContainerLabels(summary.labels) else {
                logger.warning(
                    "the container \(name) has our label but not all of them, and is left alone",
                    [.container: summary.id]
                )
                continue
            }
            let stored = known(labels.service, labels.instance.revision)
            // One whose own document is lost serves where its service does.
            let own = stored ?? labels.document.flatMap { decode($0) }
            guard let definition = own ?? lastResort(labels.service) else {
                logger.warning(
                    "the container \(name) of \(labels.service) has no definition that can be read, and is left alone",
                    [.container: summary.id]
                )
                continue
            }
            guard let details = allDetails[summary.id] else { continue }
            // One that somebody has disconnected from its network has no address, and is replaced.
            if !details.endpoints(definition).isEmpty {
                let running = try await self.started(details, definition, networks)
                started(labels.service, ContainerID(summary.id), running)
            }
            found[labels.service, default: []].append(observed(details, labels.instance, definition))
        }
        return found
    }

    /// Containers that were taken over and carry no labels, as a record names them; those that are gone are left out.
    package func observe(
        adopted entries: [RolloutRecord.AdoptedEntry],
        definition: (Revision) -> ServiceDefinition?,
        started: (ContainerID, StartedContainer) -> Void
    ) async throws(DockerError) -> [ObservedContainer] {
        var found: [ObservedContainer] = []
        for entry in entries {
            guard let definition = definition(entry.instance.revision) else {
                logger.warning(
                    "an adopted container has no definition that can be read, and is left alone",
                    [.container: entry.container]
                )
                continue
            }
            guard let details = try await detailsOfAdopted(entry.container) else { continue }
            if !details.endpoints(definition).isEmpty {
                started(ContainerID(details.id), try await self.started(details, definition))
            }
            found.append(observed(details, entry.instance, definition))
        }
        return found
    }

    /// Where a container that runs is reached; nil when it doesn't, or can't be asked.
    func running(_ container: ContainerID, _ definition: ServiceDefinition) async -> StartedContainer? {
        guard let details = try? await details(of: container.rawValue) else { return nil }
        return try? await started(details, definition)
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

    /// The containers with whole labels of ours that aren't among `expected`, with the services that they are labelled for.
    package func strays(
        beside expected: Set<ContainerID>,
        definition: (ContainerLabels) -> ServiceDefinition?
    ) async throws(DockerError) -> [(service: ServiceID, container: ObservedContainer)] {
        var strays: [(service: ServiceID, container: ObservedContainer)] = []
        let summaries = try await client.listContainers(label: [ContainerLabels.service])
            .filter { !expected.contains(ContainerID($0.id)) }
        let allDetails = try await details(of: summaries)
        for summary in summaries {
            guard let labels = ContainerLabels(summary.labels), let definition = definition(labels),
                let details = allDetails[summary.id]
            else {
                continue
            }
            strays.append((labels.service, observed(details, labels.instance, definition)))
        }
        return strays
    }

    /// All that Docker knows of these containers; those that are gone by now are left out.
    ///
    /// They are asked for side by side, and of one that Docker doesn't tell of in time the list has to do: a container that is
    /// stuck must not keep all others from being managed.
    private func details(
        of summaries: [ContainerSummary]
    ) async throws(DockerError) -> [String: ContainerDetails] {
        let results = await withTaskGroup(of: (String, Result<ContainerDetails?, DockerError>).self) { group in
            for summary in summaries {
                group.addTask {
                    do throws(DockerError) {
                        return (summary.id, .success(try await details(of: summary.id)))
                    } catch .timedOut(let call, let limit) {
                        logger.warning(
                            "Docker didn't finish \(call) within \(limit); what its list says of the container has to do",
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
        } catch .timedOut {
            return try await client.listContainers(label: []).first { $0.id == container }.map { ContainerDetails($0) }
        }
    }

    /// Nil when it is gone by now.
    private func details(of container: String) async throws(DockerError) -> ContainerDetails? {
        do throws(DockerError) {
            return try await client.inspectContainer(container)
        } catch  where error.isNotFound {
            return nil
        }
    }
}
