import Addresses

extension RolloutAction {
    /// A description of the action for the debug log; nil for a notice, which the journal already has.
    package var text: String? {
        switch self {
        case .claimAddresses(let revision, let definition): "claim \(definition.addresses.listText) for \(revision)"
        case .purge(let strangers):
            "purge "
                + strangers.sorted { $0.key < $1.key }
                .map { "\($1.map(\.description).joined(separator: " ")) at \($0)" }.joined(separator: ", ")
        case .configure(let definition): "configure \(definition.addresses.listText)"
        case .releaseAddresses(let addresses): "release \(addresses.listText)"
        case .pull(let revision, let definition, let known):
            "pull \(definition.image) for \(revision)\(known == nil ? "" : ", known")"
        case .cancelPull(let revision): "give up the pull for \(revision)"
        case .create(let id, _, _): "create \(id)"
        case .start(let id, _, _): "start \(id)"
        case .probe(let id, _, _, _, let cadence, let assumed):
            "probe \(id), \(cadence)\(assumed == .passing ? ", assumed to pass" : "")"
        case .stopProbing(let id): "stop probing \(id)"
        case .attach(let id, let destinations, let weight, _):
            "attach \(id) \(Set(destinations.values).map(\.description).sorted().joined(separator: " ")) weight \(weight)"
        case .drain(let id, _, _): "drain \(id)"
        case .setWeight(let id, _, let weight, _): "set weight \(weight) of \(id)"
        case .stop(let id, _, _): "stop \(id)"
        case .detach(let id, _, _): "detach \(id)"
        case .remove(let id, _): "remove \(id)"
        case .removeImages(let images):
            "remove images of \(images.keys.map(\.rawValue).sorted().joined(separator: " "))"
        case .setTimer(let timer, let duration): "set timer \(timer.text): \(duration.shortText)"
        case .cancelTimer(let timer): "cancel timer \(timer.text)"
        case .pauseTimer(let timer): "pause timer \(timer.text)"
        case .resumeTimer(let timer): "resume timer \(timer.text)"
        case .tell: nil
        }
    }
}

extension RolloutTimer {
    /// The timer's purpose, and the revision, instance or slot that it belongs to.
    var text: String {
        switch self {
        case .pull(let revision): "pull_deadline \(revision)"
        case .pullRetry(let revision): "pull again \(revision)"
        case .claim(let revision): "deadline of the claim for \(revision)"
        case .claimRetry(let revision): "claim again \(revision)"
        case .progress(let revision): "progress_deadline \(revision)"
        case .hold(let revision): "canary's hold \(revision)"
        case .start(let id): "start_deadline \(id)"
        case .healthy(let id): "healthy_deadline \(id)"
        case .minHealthy(let id): "min_healthy \(id)"
        case .drain(let id): "drain_timeout \(id)"
        case .retry(let id): "command again \(id)"
        case .restart(let slot): "restart slot \(slot)"
        case .document: "document awaited"
        case .withdrawal: "withdrawal's grace"
        case .handStop: "end of the stop by hand"
        }
    }
}
