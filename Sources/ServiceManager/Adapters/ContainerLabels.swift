import FoundationEssentials
package import ServiceModel

/// The labels of our containers: enough to find a container again, and to know what it runs, without any other record.
package struct ContainerLabels: Equatable, Sendable {
    package static let service = "service-manager.service"
    package static let revision = "service-manager.revision"
    package static let slot = "service-manager.slot"
    package static let attempt = "service-manager.attempt"
    package static let document = "service-manager.document"
    /// The predecessor's only label, with the service's name: for people and scripts that list by it.
    ///
    /// The daemon never reads it.
    package static let predecessor = "service_name"

    package var service: ServiceID
    package var instance: InstanceID
    package var document: [UInt8]?

    /// Reads labels; nil when one is missing or out of range.
    package init?(_ labels: [String: String]) {
        guard let service = labels[Self.service].flatMap({ try? ServiceID($0) }),
            let revision = labels[Self.revision].flatMap({ try? Revision($0) }),
            let slot = labels[Self.slot].flatMap({ Int($0) }), InstanceID.numbers.contains(slot),
            let attempt = labels[Self.attempt].flatMap({ Int($0) }), InstanceID.numbers.contains(attempt)
        else {
            return nil
        }
        self.service = service
        instance = InstanceID(revision: revision, slot: slot, attempt: attempt)
        document = labels[Self.document].flatMap { Data(base64Encoded: $0) }.map { [UInt8]($0) }
    }

    /// The name of the container that was made with these labels.
    package var containerName: String { Self.name(instance, of: service) }

    package static func make(
        _ instance: InstanceID,
        of service: ServiceID,
        document: [UInt8]
    ) -> [String: String] {
        [
            Self.service: service.rawValue,
            Self.revision: instance.revision.rawValue,
            Self.slot: "\(instance.slot)",
            Self.attempt: "\(instance.attempt)",
            Self.document: Data(document).base64EncodedString(),
        ]
    }

    /// A name that tells a person what it is: `web.7-3fa9.1.12`.
    ///
    /// Docker allows `[a-zA-Z0-9][a-zA-Z0-9_.-]+`.
    package static func name(_ instance: InstanceID, of service: ServiceID) -> String {
        let revision = instance.revision.rawValue.prefix(9)
        let text = "\(service).\(revision).\(instance.slot).\(instance.attempt)"
        let allowed = text.map { $0 == ":" ? "-" : $0 }
        let name = String(allowed)
        return name.first.map { $0.isLetter || $0.isNumber } == true ? name : "s\(name)"
    }
}
