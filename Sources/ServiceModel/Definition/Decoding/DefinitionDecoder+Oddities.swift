import Addresses

extension DefinitionDecoder {
    /// Warns about fields that are valid by themselves, but not together.
    mutating func warnOfOddities(in definition: ServiceDefinition, _ object: DocumentObject) {
        warnOfHealthCheck(in: definition, object)
        func place(_ key: DefinitionKey) -> SourcePosition { object[key.rawValue]?.position ?? object.position }
        if definition.parallelism > definition.replicas {
            warn("parallelism", "more than replicas, \(definition.replicas): has no effect", at: place(.parallelism))
        }
        if definition.canary != nil, definition.order == .stopFirst {
            warn(
                "canary",
                "has no effect with order \"stop-first\": there is nothing to share with",
                at: place(.canary)
            )
        }
        if definition.canary != nil,
            !["wlc", "wrr", "sed", "nq", "sh", "mh", "lblc", "lblcr"].contains(definition.scheduler)
        {
            warn(
                "canary",
                "the scheduler \"\(definition.scheduler)\" doesn't look at weights: use \"wlc\" for the canary to get its share",
                at: place(.canary)
            )
        }
        if definition.hosts?.isEmpty == true {
            warn("hosts", "an empty list: the service runs nowhere", at: place(.hosts))
        }
        if let signal = definition.stopSignal, ["SIGKILL", "SIGSTOP", "9", "19"].contains(signal) {
            warn("stop_signal", "\(signal) gives the process no chance to end its work", at: place(.stopSignal))
        }
    }

    private mutating func warnOfHealthCheck(in definition: ServiceDefinition, _ object: DocumentObject) {
        let check = definition.effectiveHealthCheck
        let place = object[DefinitionKey.healthCheck.rawValue]?.position ?? object.position
        guard check.kind != .none else { return }
        let detection = check.startupInterval * check.fall
        if definition.minHealthy < detection {
            warn(
                "",
                "min_healthy \(definition.minHealthy.shortText) < startup_interval \(check.startupInterval.shortText) × fall "
                    + "\(check.fall) = \(detection.shortText): a failing backend may count as stable",
                at: object[DefinitionKey.minHealthy.rawValue]?.position ?? place
            )
        }
        let earliest = check.startupInterval * check.rise
        if earliest > definition.healthyDeadline {
            warn(
                "",
                "startup_interval \(check.startupInterval.shortText) × rise \(check.rise) = \(earliest.shortText) > "
                    + "healthy_deadline \(definition.healthyDeadline.shortText): it can't get healthy in time",
                at: place
            )
        }
        let longest = definition.healthyDeadline + definition.minHealthy
        if longest > definition.progressDeadline {
            warn(
                "",
                "healthy_deadline \(definition.healthyDeadline.shortText) + min_healthy \(definition.minHealthy.shortText) > "
                    + "progress_deadline \(definition.progressDeadline.shortText): the rollout is given up first",
                at: object.position
            )
        }
        let isStream = definition.addresses.contains { $0.transport == .tcp } || definition.addresses.isEmpty
        switch check.kind {
        case .tcp, .http:
            guard !isStream, check.port == nil else { return }
            warn(
                "health_check",
                "probes TCP port \(definition.port), but no address is TCP — \"exec\", \"docker\" or \"none\" may be meant",
                at: place
            )
        case .docker, .exec, .none: return
        }
    }
}
