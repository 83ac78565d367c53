import Addresses

extension ServiceDefinition {
    /// What the container and its checks depend on, as bytes to hash, for `roll: "spec"`.
    ///
    /// The bytes are equal for definitions that differ only in the order of environment, volumes, labels, ulimits and headers,
    /// or in how a value is written. They differ for any other difference of image, port, health check, environment, volumes,
    /// command, entry point, user, network, labels, host name, limits and stop signal. A field at its default adds nothing, so
    /// that a new field changes no digest. Only the kind of the health check is always added. The bytes contain the values of
    /// the environment, so they must never be shown or stored.
    package var specificationDigestInput: [UInt8] {
        var bytes = DigestBytes()
        bytes.add("version", ["1"])
        bytes.add("image", [image])
        bytes.add("port", [port.description])
        bytes.add("health_check", effectiveHealthCheck.digestParts)
        for variable in environment.sorted(by: { $0.name < $1.name }) {
            switch variable.value {
            case .text(let text): bytes.add("environment", [variable.name, "text", text.revealed])
            case .credential(let name): bytes.add("environment", [variable.name, "credential", name])
            case .file(let path): bytes.add("environment", [variable.name, "file", path])
            }
        }
        for volume in volumes.sorted(by: { $0.target < $1.target }) {
            var parts = [volume.target, volume.isReadOnly ? "ro" : "rw"]
            switch volume.source {
            case .bind(let path): parts += ["bind", path]
            case .named(let name): parts += ["volume", name]
            case .anonymous: parts += ["anonymous"]
            case .tmpfs: parts += ["tmpfs"]
            }
            bytes.add("volumes", parts + volume.options.sorted())
        }
        bytes.add("command", command)
        bytes.add("entrypoint", entrypoint)
        bytes.add("user", user.map { [$0] })
        bytes.add("network", network.map { [$0] })
        for (name, value) in labels.sorted(by: { $0.key < $1.key }) { bytes.add("labels", [name, value]) }
        bytes.add("hostname", hostname.map { [$0] })
        bytes.add("memory", memory.map { [String($0)] })
        bytes.add("cpus", cpus.map { [String($0)] })
        bytes.add("pids", pids.map { [String($0)] })
        for limit in ulimits.sorted(by: { $0.name < $1.name }) {
            bytes.add("ulimits", [limit.name, String(limit.soft), String(limit.hard)])
        }
        bytes.add("stop_signal", stopSignal.map { [$0] })
        return bytes.bytes
    }
}

extension ServiceDefinition {
    /// Whether instances of another definition can serve this one unchanged.
    ///
    /// They can if container, checks, addresses and virtual services are the same. The number of replicas, weight, deadlines
    /// and the kind of rollout may differ.
    package func isSameSpecification(as other: ServiceDefinition) -> Bool {
        addresses == other.addresses && scheduler == other.scheduler && schedulerFlags == other.schedulerFlags
            && persistence == other.persistence && pull == other.pull
            && specificationDigestInput == other.specificationDigestInput
    }
}

extension HealthCheck {
    /// What differs from the defaults, each part with its name.
    fileprivate var digestParts: [String]? {
        var parts: [String] = []
        let defaults = HealthCheck(kind)
        switch kind {
        case .tcp: parts += ["tcp"]
        case .docker: parts += ["docker"]
        case .none: parts += ["none"]
        case .exec(let command): parts += ["exec", String(command.count)] + command
        case .http(let probe):
            parts += ["http", probe.path]
            if let host = probe.host { parts += ["host", host] }
            if probe.status != HTTPProbe().status {
                parts += ["status"] + probe.status.map { "\($0.lowerBound)-\($0.upperBound)" }
            }
            for (name, value) in probe.headers.sorted(by: { $0.key < $1.key }) { parts += ["header", name, value] }
            if let json = probe.json { parts += ["json"] + JSONExpectation.object(json).digestParts }
        }
        if let port { parts += ["port", port.description] }
        if interval != defaults.interval { parts += ["interval", interval.shortText] }
        if startupInterval != defaults.startupInterval { parts += ["startup_interval", startupInterval.shortText] }
        if timeout != defaults.timeout { parts += ["timeout", timeout.shortText] }
        if rise != defaults.rise { parts += ["rise", String(rise)] }
        if fall != defaults.fall { parts += ["fall", String(fall)] }
        if let restartAfter { parts += ["restart_after", String(restartAfter)] }
        return parts.isEmpty ? nil : parts
    }
}

extension JSONExpectation {
    fileprivate var digestParts: [String] {
        switch self {
        case .null: ["null"]
        case .bool(let value): ["bool", String(value)]
        case .number(let value): ["number", String(value)]
        case .text(let text): ["text", text]
        case .object(let members):
            ["object", String(members.count)]
                + members.sorted { $0.key < $1.key }.flatMap { [$0.key] + $0.value.digestParts }
        }
    }
}

/// Texts with their lengths before them, so that no two sequences of them make the same bytes.
private struct DigestBytes {
    private(set) var bytes: [UInt8] = []

    /// Adds a name and its parts; nothing when there are none.
    mutating func add(_ name: String, _ parts: [String]?) {
        guard let parts else { return }
        bytes.append(contentsOf: "\(name) \(parts.count)\n".utf8)
        for part in parts {
            bytes.append(contentsOf: "\(part.utf8.count):".utf8)
            bytes.append(contentsOf: part.utf8)
            bytes.append(UInt8(ascii: "\n"))
        }
    }
}
