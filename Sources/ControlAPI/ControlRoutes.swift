import PercentEncoding

/// The paths of the control socket.
///
/// `curl --unix-socket /run/service-managerd/control.sock http://localhost/v1/status` works.
package enum ControlRoutes {
    /// Where the daemon listens unless told otherwise.
    package static let socket = "/run/service-managerd/control.sock"

    /// GET: a ``StatusDocument``.
    package static let status = "/v1/status"

    /// GET: NDJSON, a ``StatusDocument`` first, then a ``StatusChange`` per line, until the reader leaves.
    package static let statusStream = "/v1/status/stream"

    /// GET: a ``HostsDocument``, read from the status database.
    package static let hosts = "/v1/hosts"

    /// GET: a ``DoctorDocument``.
    package static let doctor = "/v1/doctor"

    /// GET: a ``DoctorDocument`` of what a host needs before there is any service.
    package static let preflight = "/v1/preflight"

    /// GET: the status in Prometheus' text format.
    package static let metrics = "/metrics"

    /// GET: one service's status.
    package static func service(_ name: String) -> String { "/v1/services/\(name.percentEncoded)" }

    /// GET: a ``HistoryDocument``.
    package static func history(_ name: String) -> String { service(name) + "/history" }

    /// GET, root only: a ``DefinitionDocument``.
    package static func definition(_ name: String, revision: String?) -> String {
        service(name) + "/definition" + (revision.map { "?revision=\($0.percentEncoded)" } ?? "")
    }

    /// POST an ``OperatorRequest``, root only: asks something of a service; answered by an ``OperatorAnswer``.
    package static func verb(_ verb: OperatorVerb, _ name: String) -> String { service(name) + "/" + verb.rawValue }

    /// GET: the lines of a service's containers as text.
    package static func logs(_ name: String, revision: String?, tail: Int, follow: Bool) -> String {
        let revision = revision.map { "&revision=\($0.percentEncoded)" } ?? ""
        return service(name) + "/logs?follow=\(follow)&tail=\(tail)" + revision
    }
}
