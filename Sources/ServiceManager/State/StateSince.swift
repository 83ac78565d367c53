package import ServiceModel

#if canImport(FoundationEssentials)
package import FoundationEssentials
#else
package import Foundation
#endif

/// When a service entered its state.
package struct StateSince: Codable, Equatable, Sendable {
    package var state: ServiceStatus.State
    package var since: Date

    /// RFC 3339, in UTC.
    var text: String { since.formatted(.iso8601) }
}
