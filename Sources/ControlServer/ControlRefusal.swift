import ControlAPI
import HTTPTypes

/// The refusal of a request.
package struct ControlRefusal: Error {
    var status: HTTPResponse.Status
    var problem: ControlProblem

    /// A request that makes no sense in the service's present state: 409.
    package static func conflict(_ error: String, next: String?) -> Self { Self(.conflict, error, next: next) }

    /// Something that is asked for by its name isn't there: 404.
    package static func missing(_ error: String, next: String?) -> Self { Self(.notFound, error, next: next) }

    /// A dependency of the daemon can't be reached: 503.
    package static func unavailable(_ error: String, next: String?) -> Self {
        Self(.serviceUnavailable, error, next: next)
    }

    init(_ status: HTTPResponse.Status, _ error: String, next: String? = nil) {
        self.status = status
        problem = ControlProblem(error: error, next: next)
    }

    static func unknownService(_ name: String) -> Self {
        Self(.notFound, "no service is called \(name)", next: "smctl status lists them")
    }
}
