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
    /// Nil where services run without units.
    let units: SystemdUnits?
    let policy: Policy
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

    func definition(of service: String, revision text: String?) async -> Result<DefinitionDocument, ControlRefusal> {
        guard let rollout = board.registry.rollouts.first(where: { $0.service.rawValue == service }) else {
            return .failure(.missing("\(service) is gone", next: "smctl status"))
        }
        let remembered = await history(of: service).entries.compactMap { try? Revision($0.revision) }
        do throws(OperatorRefusal) {
            let revision = try rollout.definedRevision(text, remembered: remembered)
            let (store, id) = (store, rollout.service)
            guard let bytes = await BlockingPool.calls.run({ store.document(of: id, revision) }) else {
                let kept = rollout.kept.map(\.description).joined(separator: ", ")
                return .failure(
                    .missing(
                        "the definition of \(revision) isn't kept any more",
                        next: kept.isEmpty ? nil : "kept are: \(kept)"
                    )
                )
            }
            let document = String(decoding: bytes, as: UTF8.self)
            return .success(DefinitionDocument(service: service, revision: "\(revision)", document: document))
        } catch {
            return .failure(.missing(error.message, next: error.next))
        }
    }

    func doctor(isPreflight: Bool) async -> DoctorDocument {
        let checks = isPreflight ? await hostDoctor.preflight() : await hostDoctor.examine()
        return DoctorDocument(at: Timestamp.text(Date()), checks: checks)
    }

    func changes() -> AsyncStream<Void> { board.changes() }
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
