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
    private let files: EnvironmentFiles
    private let execChecks: ExecChecks

    /// - Parameters:
    ///   - client: The engine.
    ///   - logins: The logins of the registries.
    ///   - credentials: The folder of the daemon's systemd credentials; nil when it has none.
    ///   - hostName: The host's name, which containers get as `SYSTEM_HOSTNAME`; nil leaves the variable out.
    ///   - files: Reads the files that a definition's environment names.
    ///   - logger: Logs containers and images that aren't as expected.
    package init(
        client: DockerClient,
        logins: RegistryLogins,
        credentials: String? = nil,
        hostName: String? = nil,
        files: EnvironmentFiles = EnvironmentFiles(),
        logger: Logger
    ) {
        self.client = client
        self.logins = logins
        self.credentials = credentials
        self.hostName = hostName
        self.files = files
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
        // The name tells more to a person who lists containers. It is used as long as it stands for the revision's image.
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

    /// Builds what Docker is asked to create, within a time limit.
    ///
    /// The files that the environment names may be on a server that doesn't answer.
    private func spec(
        _ instance: InstanceID,
        of service: ServiceID,
        _ document: AcceptedDefinition
    ) async throws(Failure) -> ContainerSpec {
        let (credentials, hostName, files) = (credentials, hostName, files)
        let make: @Sendable () -> Result<ContainerSpec, Failure> = {
            Result { () throws(Failure) in
                try ContainerSpec(
                    instance,
                    of: service,
                    document,
                    credentials: credentials,
                    hostName: hostName,
                    files: files
                )
            }
        }
        guard document.definition.environment.contains(where: \.value.isElsewhere) else {
            return try make().get()
        }
        let limit = files.limit
        guard let spec = await files.pool.run(within: limit, make) else {
            throw Failure(
                "the files that environment names couldn't be read within \(limit.shortText): check their file system",
                isTransient: true
            )
        }
        return try spec.get()
    }

    /// Gets the revision's image again, because it was removed from this host since it was pulled.
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

    /// Handles a name that is taken: by a container of ours whose daemon died before it knew of it, or by somebody else's.
    private func replace(
        _ name: String,
        _ instance: InstanceID,
        _ service: ServiceID,
        _ spec: ContainerSpec,
        _ conflict: DockerError
    ) async throws(Failure) -> ContainerID {
        let what = "the container \(name) can't be created: another container has its name"
        do throws(DockerError) {
            let found = try await client.inspectContainer(name)
            guard found.labels[ContainerLabels.service] == service.rawValue, !found.isRunning else { throw conflict }
            try await client.removeContainer(found.id)
            return ContainerID(try await client.createContainer(name: name, spec))
        } catch  where error.isNotFound {
            // The other container is being created or removed.
            throw Failure("\(what): \(error)", isTransient: true)
        } catch {
            throw Failure(error, what)
        }
    }

    package func start(
        _ container: ContainerID,
        _ definition: ServiceDefinition
    ) async throws(Failure) -> StartedContainer {
        let what = "the container \(container) can't be started"
        let details: ContainerDetails
        do throws(DockerError) {
            try await client.startContainer(container.rawValue)
            details = try await client.inspectContainer(container.rawValue)
        } catch {
            throw Failure(error, what)
        }
        if let trouble = details.trouble(definition) { throw Failure("\(what): \(trouble)") }
        let started: StartedContainer?
        do throws(DockerError) {
            started = try await self.started(details, definition)
        } catch {
            throw Failure(error, what)
        }
        guard let started else { throw Failure("\(what): it has no address") }
        return started
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
        // A request would start Docker again, where the container ended because Docker is being stopped.
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
        // An engine that is stopped says nothing about the container.
        await client.untilEngineRuns()
        return await execChecks.run(command, in: container, limit: limit)
    }
}
