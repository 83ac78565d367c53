/// An HTTP request (RFC 9110), and the answers that it accepts.
package struct HTTPProbe: Hashable, Sendable {
    /// The request's target, with its query; begins with `/`.
    package var path = "/"

    /// The `Host` header; nil for the container's address.
    package var host: String?

    /// The status codes that count as healthy: ranges within 100…599, never empty.
    package var status: [ClosedRange<Int>] = [200...399]

    /// Further headers of the request; never `Host`.
    package var headers: [String: String] = [:]

    /// Members that the answer's JSON body must have, with these values; nil when the body doesn't matter.
    ///
    /// Never empty.
    package var json: [String: JSONExpectation]?

    /// Makes a probe of `/` that accepts 200…399.
    package init() {}

    /// What `"health_check": "up"` stands for: `/` answers with JSON that has `{"status": "up"}`.
    package static var up: HTTPProbe {
        var probe = HTTPProbe()
        probe.json = ["status": .text("up")]
        return probe
    }

    /// Whether a status code counts as healthy.
    ///
    /// - Parameter code: The answer's status code.
    /// - Returns: True when one of the ranges contains it.
    package func accepts(_ code: Int) -> Bool { status.contains { $0.contains(code) } }
}
