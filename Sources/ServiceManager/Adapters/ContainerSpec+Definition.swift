import BlockingCalls
package import Docker
package import ServiceModel

extension ContainerSpec {
    /// What Docker is asked to create for one instance.
    ///
    /// - Parameters:
    ///   - instance: The instance.
    ///   - service: The instance's service.
    ///   - document: What it is to run. The document goes into a label as it is, so it holds no content of files and
    ///     credentials.
    ///   - credentials: The folder of service-managerd's own credentials, `$CREDENTIALS_DIRECTORY`; nil when it has none.
    ///   - hostName: The host's name, for `SYSTEM_HOSTNAME`, which the predecessor set; nil when it isn't known.
    ///   - files: Reads the files that the environment names.
    /// - Throws: `Failure` when a file or credential that the environment names can't be read. Reading them may block.
    package init(
        _ instance: InstanceID,
        of service: ServiceID,
        _ document: AcceptedDefinition,
        credentials: String?,
        hostName: String?,
        files: EnvironmentFiles = EnvironmentFiles()
    ) throws(Failure) {
        let definition = document.definition
        self.init(image: definition.image)
        command = definition.command
        entrypoint = definition.entrypoint
        environment = try definition.environment.map { (variable) throws(Failure) in
            "\(variable.name)=\(try Self.value(of: variable, credentials, files))"
        }
        if let hostName, !definition.environment.contains(where: { $0.name == "SYSTEM_HOSTNAME" }) {
            environment.append("SYSTEM_HOSTNAME=\(hostName)")
        }
        labels = definition.labels.merging(
            ContainerLabels.make(instance, of: service, document: document.document)
        ) { _, ours in ours }
        if labels[ContainerLabels.predecessor] == nil { labels[ContainerLabels.predecessor] = service.rawValue }
        hostname = definition.hostname
        user = definition.user
        for volume in definition.volumes { add(volume) }
        network = definition.network
        memory = definition.memory.map(Int64.init)
        nanoCPUs = definition.cpus.map { Int64($0 * 1_000_000_000) }
        pidsLimit = definition.pids.map(Int64.init)
        ulimits = definition.ulimits.map { Ulimit(name: $0.name, soft: Int64($0.soft), hard: Int64($0.hard)) }
        stopSignal = definition.stopSignal
        stopTimeout = Int(definition.stopTimeout.components.seconds)
    }

    private mutating func add(_ volume: Volume) {
        switch volume.source {
        case .bind(let path): add(volume, from: path, .bind(path))
        case .named(let name): add(volume, from: name, .volume(name))
        case .anonymous: anonymousVolumes.append(volume.target)
        case .tmpfs: tmpfs[volume.target] = volume.isReadOnly ? "ro" : ""
        }
    }

    /// Adds the volume as a bind where a bind can express it, because Docker creates a bind's missing host path.
    private mutating func add(_ volume: Volume, from source: String, _ mounted: Mount.Source) {
        guard !source.contains(":"), !volume.target.contains(":") else {
            mounts.append(Mount(source: mounted, target: volume.target, isReadOnly: volume.isReadOnly))
            return
        }
        let options = (volume.isReadOnly ? ["ro"] : []) + volume.options
        let mode = options.isEmpty ? "" : ":" + options.joined(separator: ",")
        binds.append("\(source):\(volume.target)\(mode)")
    }

    private static func value(
        of variable: EnvironmentVariable,
        _ credentials: String?,
        _ files: EnvironmentFiles
    ) throws(Failure) -> String {
        switch variable.value {
        case .text(let text): return text.revealed
        case .file(let path):
            return try content(
                of: path,
                "environment.\(variable.name): the file \(path) can't be read by service-managerd: "
                    + "check that it exists, belongs to root, and isn't below /home, /root or /tmp",
                variable,
                files
            )
        case .credential(let name):
            let next =
                "`systemctl edit service-managerd` with LoadCredential=\(name):/PATH below [Service], "
                + "then `systemctl restart service-managerd`"
            guard let credentials else {
                throw Failure(
                    "environment.\(variable.name): service-managerd has no credential \(name), nor any other: \(next)"
                )
            }
            return try content(
                of: "\(credentials)/\(name)",
                "environment.\(variable.name): service-managerd has no credential \(name): \(next)",
                variable,
                files
            )
        }
    }

    /// What Linux lets one variable have, in bytes: 32 pages of 4 KiB, its name included (`MAX_ARG_STRLEN`, execve(2)).
    private static let longestVariable = 128 << 10

    /// Reads a secret, without its last line feed.
    ///
    /// No message ever contains any of it.
    private static func content(
        of path: String,
        _ problem: String,
        _ variable: EnvironmentVariable,
        _ files: EnvironmentFiles
    ) throws(Failure) -> String {
        let bytes: [UInt8]
        do throws(RegularFileError) {
            bytes = try files.read(path, longestVariable)
        } catch {
            switch error {
            case .failed: throw Failure("\(problem) (\(error))")
            case .notRegular, .tooLarge: throw Failure("environment.\(variable.name): \(path): \(error)")
            }
        }
        guard let text = String(validating: bytes, as: UTF8.self), !text.utf8.contains(0) else {
            throw Failure(
                "environment.\(variable.name): what \(path) holds can't be a variable: expected UTF-8 text without NUL"
            )
        }
        return text.hasSuffix("\n") ? String(text.dropLast()) : text
    }
}
