package import Addresses

/// What must be recorded over a restart, because neither Docker nor the kernel knows it.
package struct RolloutRecord: Equatable, Sendable, Codable {
    package var isManaged: Bool
    package var target: Revision?
    package var current: Revision?
    package var fallback: Revision?
    package var rejection: ServiceDocument.Rejection?
    /// The failures, the latest one last.
    package var failures: [FailureEntry]
    package var claimed: [ServiceAddress]
    package var unitAddresses: [ServiceAddress]?
    package var lastAttempt: Int
    package var isWithdrawing: Bool
    // These are missing in the records of the first version.
    package var candidate: Revision?
    package var unchanged: Revision?
    package var promoted: Revision?
    package var pin: Revision?
    package var pinNote: OperatorNote?
    package var pause: OperatorNote?
    package var handDrained: [InstanceID]?
    package var kept: [Revision]?
    package var images: [ImageEntry]?
    /// Addresses whose claim was ordered but not answered: an empty virtual service at one of them is ours.
    package var claiming: [ServiceAddress]?
    /// Why the service is being stopped, while it is.
    package var stopping: RolloutNotice.StopReason?
    /// Containers that somebody else made, and that were adopted.
    package var adopted: [ContainerEntry]?
    /// Containers that were made for the service, by id, because labels can be copied.
    package var containers: [ContainerEntry]?
    /// Instances that others will replace.
    package var outdated: [InstanceID]?
    /// True while a person keeps the current revision down.
    package var isHandStopped: Bool?
    /// Slots of the current revision whose containers a person stopped.
    package var handStoppedSlots: [Int]?
    /// Why the manager's unit doesn't run; nil while it does, or is about to.
    package var manager: ManagerStanding?
    /// 2 since documents without `health_check` are checked over HTTP; nil before that, when only their port was checked.
    package var version: Int?
    /// Revisions that were accepted before that: if their document names no check, only their port is checked.
    package var checkedByPort: [Revision]?

    package struct ContainerEntry: Equatable, Sendable, Codable {
        package var instance: InstanceID
        /// The container's id.
        package var container: String

        package init(instance: InstanceID, container: String) {
            self.instance = instance
            self.container = container
        }
    }

    package struct ImageEntry: Equatable, Sendable, Codable {
        package var revision: Revision
        package var image: ImageID
        /// See `ImageID`; missing in the records of earlier versions.
        package var digest: String?
        package var pulled: String?

        package init(revision: Revision, image: ImageID) {
            self.revision = revision
            self.image = image
            digest = image.digest
            pulled = image.pulled
        }
    }

    package struct FailureEntry: Equatable, Sendable, Codable {
        package var revision: Revision
        package var failure: RevisionFailure
    }

    /// The revisions whose definitions this record needs.
    package var revisions: [Revision] {
        var revisions = [target, current, fallback, pin, candidate].compactMap(\.self)
        for revision in kept ?? [] where !revisions.contains(revision) { revisions.append(revision) }
        return revisions
    }
}

extension Rollout {
    /// The record to write to the state directory.
    ///
    /// Equal records need no write.
    package var record: RolloutRecord {
        let isManaged =
            switch management {
            case .managed, .failed, .disabled, .stopping(.disabled): true
            case .unmanaged, .stopping: false
            }
        let handDrained = instances.values.filter(\.isHandDrained).map(\.id).sorted()
        let outdated = instances.values.filter { $0.isOutdated && $0.isAlive }.map(\.id).sorted()
        let handStoppedSlots = restarts.filter { $0.value.isWaiting && $0.value.isByHand }.map(\.key).sorted()
        func entries(isAdopted: Bool) -> [RolloutRecord.ContainerEntry]? {
            let instances = instances.values.filter { $0.isAdopted == isAdopted }.sorted { $0.id < $1.id }
            let entries = instances.compactMap { instance in
                instance.container.map { RolloutRecord.ContainerEntry(instance: instance.id, container: $0.rawValue) }
            }
            return entries.isEmpty ? nil : entries
        }
        // A service that its definition disables is found disabled again.
        var stopReason: RolloutNotice.StopReason?
        if case .stopping(let reason) = management, reason != .disabled { stopReason = reason }
        var record = RolloutRecord(
            isManaged: isManaged,
            target: target?.revision,
            current: current?.revision,
            fallback: revisions.fallback?.revision,
            rejection: rejection,
            failures: failures.revisions.compactMap { revision in
                failures[revision].map { .init(revision: revision, failure: $0) }
            },
            claimed: claimed.sorted(),
            unitAddresses: units.addresses,
            lastAttempt: slots.lastAttempt,
            isWithdrawing: document.isWithdrawing,
            candidate: candidate?.revision,
            unchanged: revisions.unchanged,
            promoted: orders.promoted,
            pin: pin?.deployment.revision,
            pinNote: pin?.note,
            pause: pause,
            handDrained: handDrained.isEmpty ? nil : handDrained,
            kept: kept.isEmpty ? nil : kept,
            claiming: claims.pending.isEmpty ? nil : Set(claims.pending.values.joined()).sorted(),
            stopping: stopReason,
            adopted: entries(isAdopted: true),
            containers: entries(isAdopted: false),
            outdated: outdated.isEmpty ? nil : outdated,
            isHandStopped: units.isHandStopped ? true : nil,
            handStoppedSlots: handStoppedSlots.isEmpty ? nil : handStoppedSlots
        )
        // Including images that are still to be removed.
        let images =
            images.byRevision
            .map { RolloutRecord.ImageEntry(revision: $0, image: $1) }
            .sorted { $0.revision.description < $1.revision.description }
        record.images = images.isEmpty ? nil : images
        record.manager = units.manager == .awaited ? nil : units.manager
        record.version = 2
        let known = Set(record.revisions).intersection(revisions.checkedByPort).sorted { $0.rawValue < $1.rawValue }
        record.checkedByPort = known.isEmpty ? nil : known
        return record
    }
}
