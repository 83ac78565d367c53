import ControlAPI
import FoundationEssentials
import ServiceModel

/// Statuses as the daemon sends them.
enum Fixtures {
    static let now = "2026-09-01T10:00:06.000Z"

    static let daemon = DaemonStatus(
        version: "1.0.0",
        pid: 811,
        started: "2026-08-20T06:11:02Z",
        docker: .init(state: .up, api: "1.44", error: nil),
        ipvs: .init(state: .up, version: "1.2.1", error: nil),
        sources: [.init(name: "directory", state: .up, error: nil)]
    )

    static func service(_ json: String) throws -> ServiceStatus {
        try JSONDecoder().decode(ServiceStatus.self, from: Data(json.utf8))
    }

    static func document(_ services: [ServiceStatus]) -> StatusDocument {
        StatusDocument(at: now, daemon: daemon, services: services)
    }

    static func api() throws -> ServiceStatus {
        try service(
            """
            {"name": "api", "state": "running", "current": "14-9c1e00aa11bb", "target": "14-9c1e00aa11bb",
             "virtual_services": [{"address": "172.18.0.1:7001/tcp", "scheduler": "wlc", "published": true},
                                  {"address": "172.18.0.1:7001/udp", "scheduler": "wlc", "published": true}],
             "since": "2026-08-29T10:00:00Z", "failed": [], "warnings": [],
             "backends": [{"slot": 1, "revision": "14-9c1e00aa11bb", "role": "current", "phase": "serving",
                           "container": "4f0c12aa90de", "image": "registry/api:2", "address": "172.18.0.9:80",
                           "weight": 1, "active": 12, "inactive": 3, "health": "passing"}]}
            """
        )
    }

    static func web() throws -> ServiceStatus {
        try service(
            """
            {"name": "web", "state": "rolling", "detail": "9-44ab…: in service, min_healthy 10s",
             "current": "8-7710fe4a5b6c", "target": "9-44ab03112233", "candidate": "9-44ab03112233", "stage": "running",
             "virtual_services": [{"address": "172.18.0.1:7002/tcp", "scheduler": "wlc", "published": true}],
             "since": "2026-09-01T10:00:00Z", "failed": [], "warnings": [],
             "backends": [{"slot": 1, "revision": "9-44ab03112233", "role": "candidate", "phase": "serving",
                           "container": "aa0c12aa90de", "image": "registry/web:1.8", "address": "172.18.0.7:80",
                           "weight": 1},
                          {"slot": 1, "revision": "8-7710fe4a5b6c", "role": "current", "phase": "serving",
                           "container": "91be77c0a1d3", "image": "registry/web:1.7", "address": "172.18.0.8:80",
                           "weight": 1}]}
            """
        )
    }

    static func mail() throws -> ServiceStatus {
        try service(
            """
            {"name": "mail", "state": "degraded", "detail": "6-be11… failed (probing): healthy_deadline; 5-d00d… kept",
             "current": "5-d00d71223344", "target": "6-be11c2334455",
             "virtual_services": [{"address": "172.18.0.1:7004/tcp", "scheduler": "wlc", "published": true}],
             "since": "2026-09-01T09:58:00Z", "warnings": ["mail@manager.service has no [Install] section"],
             "backends": [{"slot": 1, "revision": "5-d00d71223344", "role": "current", "phase": "serving",
                           "image": "registry/mail:5", "weight": 1}],
             "failed": [{"revision": "6-be11c2334455", "phase": "probing", "message": "not healthy within 5m",
                         "last_probe": "GET /up: 503 in 4ms", "exit_code": 137, "out_of_memory": true,
                         "last_log": ["cannot connect", "giving up\\u001b[2J"]}]}
            """
        )
    }

    static func batch() throws -> ServiceStatus {
        try service(
            """
            {"name": "batch", "state": "failed", "detail": "2-aa07… isn't a valid definition", "virtual_services": [],
             "backends": [], "failed": [], "warnings": [],
             "rejected": {"revision": "2-aa07aabbccdd", "reasons": ["port: expected a number, found true"]}}
            """
        )
    }
}
