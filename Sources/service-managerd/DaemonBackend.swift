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

/// What the control socket shows and takes: the status board, and the manager's inbox.
struct DaemonBackend: ControlBackend {
    let board: StatusBoard
    let inbox: ManagerInbox
    let docker: DockerClient
    let ipvs: IPVSClient
    let store: StateStore
    let started = Date()

    func statuses() async -> StatusDocument {
        StatusDocument(
            at: Timestamp.text(Date()),
            daemon: DaemonStatus(
                version: daemonVersion,
                pid: Int(getpid()),
                started: Timestamp.text(started),
                docker: await dockerStatus(),
                ipvs: await ipvsStatus(),
                sources: board.sources.map {
                    .init(name: "\($0.origin)", state: $0.problem == nil ? .up : .down, error: $0.problem)
                }
            ),
            services: board.statuses
        )
    }

    private func dockerStatus() async -> DaemonStatus.Docker {
        do throws(DockerError) {
            return .init(state: .up, api: try await docker.negotiate(), error: nil)
        } catch {
            return .init(state: .down, api: nil, error: "\(error)")
        }
    }

    private func ipvsStatus() async -> DaemonStatus.IPVS {
        do throws(IPVSError) {
            return .init(state: .up, version: "\(try await ipvs.info().version)", error: nil)
        } catch {
            return .init(state: .down, version: nil, error: "\(error)")
        }
    }

    func changes() -> AsyncStream<Void> { board.changes() }

    func logs(of service: String, revision: String?, tail: Int, follow: Bool) async -> AsyncStream<String>? {
        guard let rollout = board.rollouts.first(where: { $0.service.rawValue == service }) else { return nil }
        let instances = rollout.instances.values.filter { revision == nil || $0.id.revision.rawValue == revision }
        guard let container = instances.sorted(by: { $0.id > $1.id }).compactMap(\.container).first else { return nil }
        let (stream, continuation) = AsyncStream.makeStream(of: String.self)
        for line in (try? await docker.logs(container.rawValue, tail: tail)) ?? [] { continuation.yield(line) }
        continuation.finish()
        return stream
    }
}
