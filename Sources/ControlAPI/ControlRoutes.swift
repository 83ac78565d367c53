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
    package static func service(_ name: String) -> String { "/v1/services/\(percentEncoded(name))" }

    /// GET: a ``HistoryDocument``.
    package static func history(_ name: String) -> String { service(name) + "/history" }

    /// GET, root only: a ``DefinitionDocument``.
    package static func definition(_ name: String, revision: String?) -> String {
        service(name) + "/definition" + (revision.map { "?revision=\(percentEncoded($0))" } ?? "")
    }

    /// POST an ``OperatorRequest``, root only: asks something of a service; answered by an ``OperatorAnswer``.
    package static func verb(_ verb: OperatorVerb, _ name: String) -> String { service(name) + "/" + verb.rawValue }

    /// GET: the lines of a service's containers as text.
    package static func logs(_ name: String, revision: String?, tail: Int, follow: Bool) -> String {
        let revision = revision.map { "&revision=\(percentEncoded($0))" } ?? ""
        return service(name) + "/logs?follow=\(follow)&tail=\(tail)" + revision
    }

    /// Encodes everything but RFC 3986's unreserved characters.
    package static func percentEncoded(_ text: String) -> String {
        var encoded = ""
        for byte in text.utf8 {
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: "_"),
                UInt8(ascii: "~"):
                encoded.unicodeScalars.append(Unicode.Scalar(byte))
            default:
                let digits = String(byte, radix: 16, uppercase: true)
                encoded += digits.utf8.count == 1 ? "%0\(digits)" : "%\(digits)"
            }
        }
        return encoded
    }
}
