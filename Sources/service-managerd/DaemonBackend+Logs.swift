import Docker
import ControlServer
import ServiceManager
import ServiceModel

extension DaemonBackend {
    func logs(
        of service: String,
        revision: String?,
        tail: Int,
        follow: Bool
    ) async -> Result<LogReader, ControlRefusal> {
        guard let rollout = board.registry.rollouts.first(where: { $0.service.rawValue == service }) else {
            return .failure(.missing("\(service) is gone", next: "smctl status"))
        }
        let remembered = await history(of: service).entries.reversed().compactMap { try? Revision($0.revision) }
        do throws(OperatorRefusal) {
            switch try LogPlan(rollout, revision: revision, remembered: remembered) {
            case .containers(_, let sources) where sources.count == 1:
                let container = sources[0].container.rawValue
                return .success(reader(of: container, rollout.service, revision, tail: tail, follow: follow))
            case .containers(let revision, let sources):
                return .success(reader(of: sources, rollout.service, revision, tail: tail, follow: follow))
            case .journal(let revision): return await journal(of: revision, rollout.service, tail: tail)
            }
        } catch {
            return .failure(.missing(error.message, next: error.next))
        }
    }

    /// What a revision wrote whose containers are gone; there is nothing to wait for.
    private func journal(
        of revision: Revision,
        _ service: ServiceID,
        tail: Int
    ) async -> Result<LogReader, ControlRefusal> {
        do throws(Failure) {
            let lines = try await JournalReader().lines(of: revision, service, tail: tail)
            guard lines.isEmpty, tail > 0 else { return .success { for line in lines { try await $0(line) } } }
            return .failure(
                .missing(
                    "\(revision) of \(service) has no container any more, and the journal has nothing that it wrote",
                    next: "journalctl -u '\(service)@*' shows what the journal has of the service"
                )
            )
        } catch {
            return .failure(
                .unavailable(error.message, next: "journalctl CONTAINER_NAME=\(service).\(revision)")
            )
        }
    }

    /// One container, and when it is followed those that come after it.
    private func reader(
        of first: String,
        _ service: ServiceID,
        _ revision: String?,
        tail: Int,
        follow: Bool
    ) -> LogReader {
        { handle in
            guard follow else {
                for line in try await docker.logs(first, tail: tail) { try await handle(line) }
                return
            }
            var container = first
            var tail = tail
            while true {
                try await docker.followLogs(container, tail: tail, handle)
                guard let next = await self.container(after: container, of: service, revision) else { return }
                container = next
                // The next container is read from its beginning.
                tail = 1_000_000
            }
        }
    }

    /// The replicas of a revision, each line with its slot in front; when they are followed, for as long as one of them runs.
    private func reader(
        of sources: [LogSource],
        _ service: ServiceID,
        _ revision: Revision,
        tail: Int,
        follow: Bool
    ) -> LogReader {
        { handle in
            guard follow else {
                for source in sources {
                    let label = source.label(service)
                    for line in try await docker.logs(source.container.rawValue, tail: tail) {
                        try await handle(label + line)
                    }
                }
                return
            }
            try await withThrowingTaskGroup(of: Void.self) { group in
                for source in sources {
                    let label = source.label(service)
                    group.addTask {
                        try await docker.followLogs(source.container.rawValue, tail: tail) {
                            try await handle(label + $0)
                        }
                    }
                }
                try await group.waitForAll()
            }
        }
    }

    /// The newest container after this one has ended; nil when the service no longer exists.
    private func container(after ended: String, of service: ServiceID, _ revision: String?) async -> String? {
        for await _ in board.registry.changes() {
            guard let rollout = board.registry.rollout(of: service) else { return nil }
            let instances = rollout.instances.values.filter { $0.id.revision.rawValue.hasPrefix(revision ?? "") }
            let newest = instances.sorted { $0.id > $1.id }.compactMap(\.container).first?.rawValue
            if let newest, newest != ended { return newest }
        }
        return nil
    }
}
