import ControlAPI
import ControlServer
import FoundationEssentials
import ServiceManager

extension DaemonBackend {
    func hosts() async -> Result<HostsDocument, ControlRefusal> {
        switch statusDatabase.outcome {
        case .absent:
            return .failure(
                .conflict(
                    "no status database is configured, so this host doesn't know the others",
                    next: "set status_database_url in /etc/service-managerd/config.json on every host, "
                        + "then systemctl restart service-managerd"
                )
            )
        case .unusable(let reason):
            return .failure(.conflict("the status database can't be used: \(reason)", next: nil))
        case .usable(let database, _):
            do throws(StatusDatabaseError) {
                return .success(
                    HostsDocument(at: Date(), database: database.name, documents: try await database.documents())
                )
            } catch {
                return .failure(
                    .unavailable(
                        "the status database can't be read: \(error)",
                        next: "smctl status shows this host's services"
                    )
                )
            }
        }
    }
}
