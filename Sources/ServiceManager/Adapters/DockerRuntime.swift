import Addresses
package import Docker
import FoundationEssentials
package import Logging
package import ServiceModel

/// Containers through the Docker Engine API.
package struct DockerRuntime: ContainerRuntime {
    private let client: DockerClient
    private let logger: Logger

    package init(client: DockerClient, logger: Logger) {
        self.client = client
        self.logger = logger
    }

    package func pull(
        _ definition: ServiceDefinition,
        progress: @escaping @Sendable (String) -> Void
    ) async throws(Failure) {
        let image = definition.image
        do throws(DockerError) {
            let isHere = try await client.inspectImage(image) != nil
            switch definition.pull {
            case .missing where isHere, .never where isHere: return
            case .missing, .always: break
            case .never:
                throw .api(status: 404, message: "the image is not here, and \"pull\" is \"never\"", call: "inspect")
            }
            try await client.pullImage(image, stallLimit: definition.pullProgressDeadline, progress: progress)
        } catch {
            throw Failure(
                "the image \(image) can't be pulled: \(error)",
                isTransient: error.isTransient && !error.isNotFound
            )
        }
    }

    package func create(
        _ instance: InstanceID,
        of service: ServiceID,
        _ document: AcceptedDefinition
    ) async throws(Failure) -> ContainerID {
        let spec = try ContainerSpec(instance, of: service, document)
        let name = ContainerLabels.name(instance, of: service)
        do throws(DockerError) {
            return ContainerID(try await client.createContainer(name: name, spec))
        } catch  where error.isConflict {
            return try await replace(name, instance, service, spec, error)
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
            return try started(try await client.inspectContainer(container.rawValue), definition)
        } catch {
            throw Failure(error, "the container \(container) can't be started")
        }
    }

    private func started(
        _ details: ContainerDetails,
        _ definition: ServiceDefinition
    ) throws(DockerError) -> StartedContainer {
        guard let endpoint = details.endpoint(definition) else {
            throw .api(
                status: 500,
                message: details.isRunning
                    ? "it has no address in the network \(definition.network ?? "bridge")"
                    : "it exited at once with code \(details.exitCode)",
                call: "inspect"
            )
        }
        let network = details.networks[definition.network ?? "bridge"] ?? details.networks.values.first
        return StartedContainer(
            endpoint: endpoint,
            processID: details.pid,
            hardwareAddress: network?.macAddress,
            bridge: network?.bridge(isDefault: [nil, "bridge", "default"].contains(definition.network))
        )
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

    package func remove(_ container: ContainerID) async throws(Failure) -> [String] {
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

    /// All containers with our labels, by service.
    ///
    /// Those whose labels can't be understood are left alone, and named.
    package func observe(
        decode: ([UInt8]) -> ServiceDefinition?,
        known: (ServiceID, Revision) -> ServiceDefinition?,
        started: (ServiceID, ContainerID, StartedContainer) -> Void
    ) async throws(DockerError) -> [ServiceID: [ObservedContainer]] {
        var found: [ServiceID: [ObservedContainer]] = [:]
        for summary in try await client.listContainers(label: [ContainerLabels.service]) {
            guard let labels = ContainerLabels(summary.labels) else {
                logger.warning(
                    "a container has our label but not all of them, and is left alone",
                    [.container: summary.id]
                )
                continue
            }
            let stored = known(labels.service, labels.instance.revision)
            guard let definition = stored ?? labels.document.flatMap({ decode($0) }) else {
                logger.warning(
                    "a container of ours has no definition that can be read, and is left alone",
                    [.container: summary.id]
                )
                continue
            }
            guard let details = try await details(of: summary.id) else { continue }
            let container = ContainerID(summary.id)
            if details.isRunning { started(labels.service, container, try self.started(details, definition)) }
            found[labels.service, default: []].append(
                ObservedContainer(
                    container: container,
                    instance: labels.instance,
                    definition: definition,
                    state: details.state(definition)
                )
            )
        }
        return found
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

extension ContainerDetails.Network {
    /// Docker calls its own bridge docker0, and others by the first twelve digits of their network's id.
    fileprivate func bridge(isDefault: Bool) -> StartedContainer.Bridge? {
        guard let gateway, !gateway.isEmpty, let prefixLength, let id = networkID else { return nil }
        let interface = isDefault ? "docker0" : "br-\(id.prefix(12))"
        return StartedContainer.Bridge(interface: interface, subnet: "\(gateway)/\(prefixLength)")
    }
}

extension ContainerDetails {
    /// Where the container is reached by this definition; nil while it has no address.
    func endpoint(_ definition: ServiceDefinition) -> Endpoint? {
        guard isRunning else { return nil }
        let network = networks[definition.network ?? "bridge"] ?? networks.values.first
        let wantsIPv6 = definition.addresses.first?.endpoint.address.family == .ipv6
        let text = wantsIPv6 ? network?.ipv6Address : network?.ipAddress
        guard let text, let address = try? IPAddress(text) else { return nil }
        return Endpoint(address: address, port: definition.port)
    }

    /// What it is to a rollout.
    func state(_ definition: ServiceDefinition) -> ObservedContainer.State {
        if let endpoint = endpoint(definition) { return .running(endpoint) }
        if status == "created" { return .created }
        return .exited(ExitReport(code: exitCode, outOfMemory: outOfMemory))
    }
}
