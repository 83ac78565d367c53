extension ContainerSpec: Encodable {
    package func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: Key.self)
        try container.encode(image, forKey: .image)
        try container.encodeIfPresent(command, forKey: .command)
        try container.encodeIfPresent(entrypoint, forKey: .entrypoint)
        try container.encodeIfPresent(environment.nonEmpty, forKey: .environment)
        try container.encodeIfPresent(labels.nonEmpty, forKey: .labels)
        let volumes = Dictionary(anonymousVolumes.map { ($0, [String: String]()) }) { first, _ in first }
        try container.encodeIfPresent(volumes.nonEmpty, forKey: .volumes)
        try container.encodeIfPresent(hostname, forKey: .hostname)
        try container.encodeIfPresent(user, forKey: .user)
        try container.encodeIfPresent(stopSignal, forKey: .stopSignal)
        try container.encodeIfPresent(stopTimeout, forKey: .stopTimeout)

        var host = container.nestedContainer(keyedBy: HostKey.self, forKey: .hostConfig)
        try host.encodeIfPresent(binds.nonEmpty, forKey: .binds)
        try host.encodeIfPresent(mounts.nonEmpty, forKey: .mounts)
        try host.encodeIfPresent(tmpfs.nonEmpty, forKey: .tmpfs)
        try host.encodeIfPresent(network, forKey: .networkMode)
        try host.encodeIfPresent(memory, forKey: .memory)
        try host.encodeIfPresent(nanoCPUs, forKey: .nanoCPUs)
        try host.encodeIfPresent(pidsLimit, forKey: .pidsLimit)
        try host.encodeIfPresent(ulimits.nonEmpty, forKey: .ulimits)
        try host.encode(["Name": "no"], forKey: .restartPolicy)
        try host.encode(LogConfig(), forKey: .logConfig)
    }

    private enum Key: String, CodingKey {
        case image = "Image"
        case command = "Cmd"
        case entrypoint = "Entrypoint"
        case environment = "Env"
        case labels = "Labels"
        case volumes = "Volumes"
        case hostname = "Hostname"
        case user = "User"
        case stopSignal = "StopSignal"
        case stopTimeout = "StopTimeout"
        case hostConfig = "HostConfig"
    }

    private enum HostKey: String, CodingKey {
        case binds = "Binds"
        case mounts = "Mounts"
        case tmpfs = "Tmpfs"
        case networkMode = "NetworkMode"
        case memory = "Memory"
        case nanoCPUs = "NanoCpus"
        case pidsLimit = "PidsLimit"
        case ulimits = "Ulimits"
        case restartPolicy = "RestartPolicy"
        case logConfig = "LogConfig"
    }
}

extension ContainerSpec.Mount: Encodable {
    package func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: Key.self)
        switch source {
        case .bind(let path):
            try container.encode("bind", forKey: .type)
            try container.encode(path, forKey: .source)
            try container.encode(["CreateMountpoint": true], forKey: .bindOptions)
        case .volume(let name):
            try container.encode("volume", forKey: .type)
            try container.encode(name, forKey: .source)
        }
        try container.encode(target, forKey: .target)
        try container.encode(isReadOnly, forKey: .isReadOnly)
    }

    private enum Key: String, CodingKey {
        case type = "Type"
        case source = "Source"
        case target = "Target"
        case isReadOnly = "ReadOnly"
        case bindOptions = "BindOptions"
    }
}

extension ContainerSpec.Ulimit: Encodable {
    package func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: Key.self)
        try container.encode(name, forKey: .name)
        try container.encode(soft, forKey: .soft)
        try container.encode(hard, forKey: .hard)
    }

    private enum Key: String, CodingKey {
        case name = "Name"
        case soft = "Soft"
        case hard = "Hard"
    }
}

/// The log driver whose output can be read back everywhere, with a size limit.
private struct LogConfig: Encodable {
    let type = "json-file"
    let config = ["max-size": "10m", "max-file": "3"]

    private enum CodingKeys: String, CodingKey {
        case type = "Type"
        case config = "Config"
    }
}

extension Collection {
    /// Nil instead of an empty collection.
    fileprivate var nonEmpty: Self? {
        isEmpty ? nil : self
    }
}
