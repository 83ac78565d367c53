import BlockingCalls
import ControlAPI
import ControlServer
import Docker
import FoundationEssentials
import IPVS
import ServiceManager
import ServiceModel

#if canImport(Glibc)
import Glibc
#endif

/// The backend of the control socket: it shows the status board, and sends requests to the manager's inbox.
struct DaemonBackend: ControlBackend {
    let board: StatusBoard
    let inbox: ManagerInbox
    let docker: DockerClient
    let ipvs: IPVSClient
    let balancer: IPVSBalancer
    let store: StateStore
    let adoption: Adoption
    let statusDatabase: StatusDatabaseSetup
    let hostDoctor: HostDoctor
    let started = Date()

    func statuses() async -> StatusDocument {
        StatusDocument(
            at: Timestamp.text(Date()),
            daemon: DaemonStatus(
                version: Version.current,
                pid: Int(getpid()),
                started: Timestamp.text(started),
                docker: await dockerStatus(),
                ipvs: await ipvsStatus(),
                sources: board.sources.map(DaemonStatus.Source.init),
                statusDatabase: statusDatabaseStatus,
                brokenPromises: board.brokenPromises.isEmpty ? nil : board.brokenPromises
            ),
            services: board.statuses(with: try? await balancer.observeAll())
        )
    }

    private var statusDatabaseStatus: DaemonStatus.Source? {
        switch statusDatabase.outcome {
        case .absent: return nil
        case .unusable(let reason): return .init(name: "", state: .down, error: reason)
        case .usable(let database, _):
            guard let state = board.statusDatabase else {
                return .init(name: database.name, state: .connecting, error: nil)
            }
            return .init(name: state.name, state: state.problem == nil ? .up : .down, error: state.problem)
        }
    }

    private func dockerStatus() async -> DaemonStatus.Docker {
        do throws(DockerError) {
            return .init(state: .up, api: try await docker.negotiate(), error: nil)
        } catch {
            return .init(state: .down, api: nil, error: "\(error)")
        }
    }

    private func ipvsStatus() async -> DaemonStatus.IPVS {
        let repaired = board.repairs.values.reduce(0) { $0 + $1.values.reduce(0, +) }
        do throws(IPVSError) {
            let version = "\(try await ipvs.info().version)"
            return .init(state: .up, version: version, error: nil, driftRepaired: repaired)
        } catch {
            return .init(state: .down, version: nil, error: "\(error)", driftRepaired: repaired)
        }
    }

    func history(of service: String) async -> ServiceHistory {
        guard let service = ServiceID(rawValue: service) else { return ServiceHistory() }
        let store = store
        return await BlockingPool.calls.run { store.history(of: service) }
    }

    func doctor(isPreflight: Bool) async -> DoctorDocument {
        let checks = isPreflight ? await hostDoctor.preflight() : await hostDoctor.examine()
        return DoctorDocument(at: Timestamp.text(Date()), checks: checks)
    }

    func changes() -> AsyncStream<Void> { board.changes() }

    func logs(of service: String, revision: String?, tail: Int, follow: Bool) async -> LogReader? {
        guard let first = newestContainer(of: service, revision) else { return nil }
        return { handle in
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

    /// The newest container after this one has ended; nil when the service no longer exists.
    private func container(after ended: String, of service: String, _ revision: String?) async -> String? {
        for await _ in board.registry.changes() {
            guard board.registry.rollouts.contains(where: { $0.service.rawValue == service }) else { return nil }
            if let newest = newestContainer(of: service, revision), newest != ended { return newest }
        }
        return nil
    }

    private func newestContainer(of service: String, _ revision: String?) -> String? {
        let rollout = board.registry.rollouts.first { $0.service.rawValue == service }
        let instances = rollout?.instances.values.filter { revision == nil || $0.id.revision.rawValue == revision }
        return instances?.sorted { $0.id > $1.id }.compactMap(\.container).first?.rawValue
    }
}

extension DaemonStatus.Source {
    fileprivate init(_ source: SourceState) {
        self.init(
            name: "\(source.origin)",
            state: source.problem != nil ? .down : source.isRead ? .up : .connecting,
            error: source.problem,
            unusable: source.unusable.isEmpty ? nil : source.unusable.count
        )
    }
}
