import ControlAPI
import FoundationEssentials
import ServiceModel

/// The first line of `smctl status`: the daemon, what it depends on, and how many services are how.
struct DaemonSummary {
    let style: Style
    let now: Date
    var width: Int?

    func lines(_ document: StatusDocument) -> [String] {
        let daemon = document.daemon
        var parts = ["service-managerd \(daemon.version)", "up \(Age.text(since: daemon.started, now: now))"]
        parts += daemon.sources.map { source in
            let unusable = source.unusable.map { ", \($0) can't be used (smctl doctor)" } ?? ""
            return part(source.name, source.state, source.error) + unusable
        }
        if let database = daemon.statusDatabase {
            parts.append(part("status database \(database.name)", database.state, database.error))
        }
        parts.append(part("docker", daemon.docker.state, daemon.docker.error))
        parts.append(part("ipvs", daemon.ipvs.state, daemon.ipvs.error))
        parts.append(counts(document.services))
        let databases = daemon.sources + [daemon.statusDatabase].compactMap(\.self)
        let states = databases.map(\.state) + [daemon.docker.state, daemon.ipvs.state]
        let isWell = states.allSatisfy { $0 == .up }
        let margin = style == .terminal ? 2 : 0
        var lines = Wrapping.lines(parts: parts.map(style.text), width: width, first: margin, indent: 2)
        guard style == .terminal else { return lines }
        lines[0] = style.colored(isWell ? "●" : "!", by: isWell ? .running : .degraded) + " " + lines[0]
        return lines
    }

    private func part(_ name: String, _ state: DaemonStatus.Reachability, _ error: String?) -> String {
        let word = state == .up ? "ok" : state.rawValue
        return "\(name) \(word)" + (error.map { " (\($0))" } ?? "")
    }

    private func counts(_ services: [ServiceStatus]) -> String {
        let noun = services.count == 1 ? "service" : "services"
        let counted = ServiceStatus.State.allCases.compactMap { state in
            let count = services.count { $0.state == state }
            return count == 0 ? nil : "\(count) \(state.rawValue)"
        }
        return "\(services.count) \(noun)" + (counted.isEmpty ? "" : ": \(counted.joined(separator: ", "))")
    }
}
