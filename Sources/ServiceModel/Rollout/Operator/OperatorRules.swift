package import Addresses

/// The rules for a person's requests.
///
/// Each rule is written once. It refuses the request with a sentence, and it ignores the event if the state has changed since.
extension Rollout {
    /// The failed revision that is wanted.
    ///
    /// - Parameter left: After which time the one that is still being tried is given up; nil when that isn't known.
    /// - Returns: That revision.
    /// - Throws: `OperatorRefusal` where none has failed.
    func retryable(left: Duration? = nil) throws(OperatorRefusal) -> Deployment {
        guard let goal, failures[goal.revision] != nil else {
            if let candidate {
                throw OperatorRefusal(
                    "\(candidate.revision.short) of \(service) hasn't failed: it is still being tried"
                        + (left.map { ", and given up in \(Duration.seconds($0.components.seconds).shortText)" } ?? ""),
                    next: "smctl status \(service) --watch, or smctl abort \(service)"
                )
            }
            throw OperatorRefusal("\(service) has no failed revision to retry", next: "smctl status \(service)")
        }
        return goal
    }

    /// The candidate whose canary a person may let take over.
    func promotable() throws(OperatorRefusal) -> Candidate {
        guard holdingCanary != nil, let candidate else {
            throw OperatorRefusal("\(service) has no canary to promote", next: "smctl status \(service)")
        }
        if pause != nil {
            throw OperatorRefusal("\(service) is paused", next: "smctl resume \(service), then promote")
        }
        return candidate
    }

    /// The candidate that a person may give up.
    func abortable() throws(OperatorRefusal) -> Candidate {
        guard let candidate else {
            let isRestarting = current.map { alive($0.revision).contains { $0.isOutdated && !$0.isRetiring } } ?? false
            throw OperatorRefusal(
                isRestarting
                    ? "\(service) is being restarted with the revision that it has: there is no other to give up"
                    : "\(service) has no rollout in progress",
                next: isRestarting
                    ? "smctl pause \(service) holds it" : "smctl rollback \(service) goes back to an earlier revision"
            )
        }
        return candidate
    }

    /// Throws when the service can't be rolled back at all.
    func checkRollback() throws(OperatorRefusal) {
        if pause != nil {
            throw OperatorRefusal("\(service) is paused", next: "smctl resume \(service), then roll back")
        }
        switch management {
        case .managed, .failed: break
        case .unmanaged, .stopping, .disabled:
            throw OperatorRefusal("\(service) doesn't run", next: "systemctl start \(service)@manager")
        }
    }

    /// Whether the service may be stopped as a whole.
    func checkStop() throws(OperatorRefusal) {
        switch management {
        case .managed, .failed, .disabled: break
        case .unmanaged: throw OperatorRefusal("\(service) doesn't run", next: "smctl start \(service)")
        case .stopping: throw OperatorRefusal("\(service) is being stopped already", next: "smctl wait \(service)")
        }
    }

    /// Whether the service may be started.
    func checkStart() throws(OperatorRefusal) {
        if let path = units.foreignTemplate {
            throw OperatorRefusal(
                "\(service) can't have units: \(path) is another program's template of the same name",
                next: "give the service another name"
            )
        }
        switch management {
        case .unmanaged, .failed: break
        case .managed: throw OperatorRefusal("\(service) is started already", next: "smctl status \(service)")
        case .disabled:
            throw OperatorRefusal(
                "\(service) is switched off on this host by its definition",
                next: "set \"enabled\" to true, or name this host in \"hosts\""
            )
        case .stopping:
            throw OperatorRefusal("\(service) is being stopped", next: "smctl wait \(service), then start it")
        }
        guard units.manager != .missing else {
            throw OperatorRefusal(
                "\(service) has no address, and no unit to start",
                next: "add \"address\": \"ADDRESS:PORT\" to its document"
            )
        }
    }

    /// The instance that may be taken out of service.
    func drainable(_ id: InstanceID, isForced: Bool) throws(OperatorRefusal) -> Instance {
        guard let instance = instances[id], instance.isAlive, !instance.isRetiring else {
            throw OperatorRefusal("\(id) is already leaving", next: "smctl status \(service) --wide")
        }
        guard !instance.isHandDrained else {
            throw OperatorRefusal("\(id) is already drained", next: "smctl undrain \(service)")
        }
        guard isForced || !instance.isServing || servesWithout(id) else {
            throw OperatorRefusal(
                "\(id) is the last backend that serves: without it every request fails",
                next: "add --force if that is meant"
            )
        }
        return instance
    }

    /// The revision whose containers may be replaced.
    func restartable() throws(OperatorRefusal) -> Deployment {
        guard management == .managed, let current else {
            throw OperatorRefusal("nothing of \(service) runs", next: "systemctl start \(service)@manager")
        }
        guard candidate == nil else {
            throw OperatorRefusal("\(service) is being rolled out", next: "smctl status \(service) --watch")
        }
        return current
    }

    /// The revision that another owner's container may be adopted as.
    func adoptable() throws(OperatorRefusal) -> Deployment {
        guard let goal, !document.isWithdrawing else {
            throw OperatorRefusal(
                "\(service) has no valid definition to take a container for",
                next: "write its document first: smctl validate FILE"
            )
        }
        guard goal.definition.enabled, management != .disabled else {
            throw OperatorRefusal("\(service) is switched off on this host by its definition", next: "enable it first")
        }
        if case .stopping = management {
            throw OperatorRefusal("\(service) is being stopped", next: "smctl status \(service) --watch")
        }
        guard instances.isEmpty else {
            let own = instances.values.compactMap { $0.container?.rawValue.prefix(12) }.sorted()
            throw OperatorRefusal(
                "\(service) has containers of its own (\(own.joined(separator: ", "))), expected none",
                next: "smctl status \(service) --wide"
            )
        }
        if let candidate, candidate.claiming == nil {
            throw OperatorRefusal("\(service) is being rolled out", next: "smctl status \(service) --watch")
        }
        return goal
    }

    /// The revision that a container would be adopted as, and the addresses that it must serve.
    ///
    /// - Parameter address: Where it serves, as a person says; nil when document or unit name an address.
    /// - Returns: Both.
    /// - Throws: `OperatorRefusal` when the service can't adopt a container now.
    package func adoptable(
        at address: ServiceAddress?
    ) throws(OperatorRefusal) -> (deployment: Deployment, addresses: [ServiceAddress]) {
        let goal = try adoptable()
        let known = effective(goal).definition.addresses
        guard let addresses = known.isEmpty ? address.map({ [$0] }) : known else {
            throw OperatorRefusal(
                "neither the document of \(service) nor its unit names a service address",
                next: "add --address ADDRESS:PORT, or \"address\" to the document"
            )
        }
        if let address, !addresses.contains(address) {
            throw OperatorRefusal(
                "\(service) has the address \(addresses.map(\.description).joined(separator: ", ")), not \(address)",
                next: "leave --address out, or correct the document"
            )
        }
        return (goal, addresses)
    }
}
