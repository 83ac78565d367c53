import ControlAPI
import ServiceModel

/// The status in Prometheus' text format, version 0.0.4
/// (https://prometheus.io/docs/instrumenting/exposition_formats/#text-based-format).
struct MetricsText {
    private(set) var text = ""

    init(_ document: StatusDocument) {
        let daemon = document.daemon
        gauge("smd_build_info", "The daemon's version.", [(["version": daemon.version], 1)])
        gauge("smd_docker_up", "Whether Docker answers.", [([:], Self.number(daemon.docker.state))])
        gauge("smd_ipvs_up", "Whether the kernel's IPVS answers.", [([:], Self.number(daemon.ipvs.state))])
        gauge(
            "smd_source_up",
            "Whether a source of definitions is followed.",
            daemon.sources.map { (["source": $0.name], Self.number($0.state)) }
        )
        gauge(
            "smd_source_unusable",
            "How many documents or files in a source aren't valid definitions.",
            daemon.sources.map { (["source": $0.name], $0.unusable ?? 0) }
        )
        add(
            "smd_ipvs_drift_total",
            "How often the kernel's table was repaired after somebody else had changed it.",
            "counter",
            [([:], daemon.ipvs.driftRepaired ?? 0)]
        )
        add(
            "smd_broken_promises_total",
            "How often a step of a rollout violated an invariant, which is a fault of the daemon.",
            "counter",
            RolloutChecks.invariants.map { (["invariant": $0], daemon.brokenPromises?[$0] ?? 0) }
        )
        add(document.services)
    }

    private mutating func add(_ services: [ServiceStatus]) {
        gauge(
            "smd_service_state",
            "1 for the state that a service is in, 0 for the others.",
            services.flatMap { service in
                ServiceStatus.State.allCases.map { state in
                    (["service": service.name, "state": state.rawValue], service.state == state ? 1 : 0)
                }
            }
        )
        gauge(
            "smd_service_info",
            "The revisions of a service.",
            services.map { service in
                (
                    [
                        "service": service.name, "current": service.current ?? "", "target": service.target ?? "",
                        "candidate": service.candidate ?? "",
                    ], 1
                )
            }
        )
        gauge(
            "smd_backends",
            "How many containers of a service are in a phase.",
            services.flatMap { service in
                Dictionary(grouping: service.backends, by: \.phase).sorted { $0.key < $1.key }.map { phase, backends in
                    (["service": service.name, "phase": phase], backends.count)
                }
            }
        )
        gauge(
            "smd_backends_in_service",
            "How many containers of a service get new connections.",
            services.map { service in
                (["service": service.name], service.backends.count { $0.phase == "serving" && $0.weight > 0 })
            }
        )
        gauge(
            "smd_restarts",
            "How often the containers of a service were started again since they were stable last.",
            services.map { (["service": $0.name], ($0.restarts ?? []).reduce(0) { $0 + $1.count }) }
        )
        gauge(
            "smd_failed_revisions",
            "How many revisions of a service failed or aren't valid definitions.",
            services.map { (["service": $0.name], $0.failed.count + ($0.rejected == nil ? 0 : 1)) }
        )
        gauge(
            "smd_warnings",
            "How many warnings there are about a service.",
            services.map { (["service": $0.name], $0.warnings.count) }
        )
    }

    private static func number(_ state: DaemonStatus.Reachability) -> Int { state == .up ? 1 : 0 }

    private mutating func gauge(_ name: String, _ help: String, _ samples: [(labels: [String: String], value: Int)]) {
        add(name, help, "gauge", samples)
    }

    private mutating func add(
        _ name: String,
        _ help: String,
        _ type: String,
        _ samples: [(labels: [String: String], value: Int)]
    ) {
        guard !samples.isEmpty else { return }
        text += "# HELP \(name) \(help)\n# TYPE \(name) \(type)\n"
        for (labels, value) in samples {
            let pairs = labels.sorted { $0.key < $1.key }.map { "\($0)=\"\(Self.escaped($1))\"" }
            text += name + (pairs.isEmpty ? "" : "{\(pairs.joined(separator: ","))}") + " \(value)\n"
        }
    }

    private static func escaped(_ value: String) -> String {
        var escaped = ""
        for character in value.unicodeScalars {
            switch character {
            case "\\": escaped += "\\\\"
            case "\"": escaped += "\\\""
            case "\n": escaped += "\\n"
            default: escaped.unicodeScalars.append(character)
            }
        }
        return escaped
    }
}
