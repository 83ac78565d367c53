/// One change of the kernel's tables.
///
/// There is no "flush": a table may contain virtual services of other programs.
public enum IPVSOperation: Hashable, Sendable {
    /// Creates a virtual service; fails if it exists.
    case addService(VirtualService)
    /// Changes all settings of a virtual service; fails if it doesn't exist. Connections stay.
    case editService(VirtualService)
    /// Removes a virtual service with its destinations; fails if it doesn't exist.
    case removeService(VirtualService.Identity)
    /// Creates a destination; fails if it exists.
    case addDestination(Destination, of: VirtualService.Identity)
    /// Changes all settings of a destination; fails if it doesn't exist. Connections stay.
    case editDestination(Destination, of: VirtualService.Identity)
    /// Removes a destination; fails if it doesn't exist. Its connections are cut off.
    case removeDestination(Destination.Identity, of: VirtualService.Identity)
}

extension IPVSOperation {
    /// The virtual service that is changed, or whose destination is.
    public var service: VirtualService.Identity {
        switch self {
        case .addService(let service), .editService(let service): service.identity
        case .removeService(let identity): identity
        case .addDestination(_, let service), .editDestination(_, let service), .removeDestination(_, let service):
            service
        }
    }

    /// The destination that is changed; nil if the virtual service itself is.
    public var destination: Destination.Identity? {
        switch self {
        case .addService, .editService, .removeService: nil
        case .addDestination(let destination, _), .editDestination(let destination, _): destination.identity
        case .removeDestination(let identity, _): identity
        }
    }
}

extension IPVSOperation: CustomStringConvertible {
    /// The change in words: `add destination 172.17.0.2:80 of 172.18.0.1:7001`.
    public var description: String {
        let verb =
            switch self {
            case .addService, .addDestination: "add"
            case .editService, .editDestination: "edit"
            case .removeService, .removeDestination: "remove"
            }
        return destination.map { "\(verb) destination \($0) of \(service)" } ?? "\(verb) virtual service \(service)"
    }
}

/// A failed operation among several.
public struct IPVSOperationFailure: Error, Hashable, Sendable {
    /// The operation's index among those that were requested.
    public let index: Int
    /// The operation.
    public let operation: IPVSOperation
    /// Why it failed.
    public let error: IPVSError
}

extension IPVSOperationFailure: CustomStringConvertible {
    /// The operation, and why it failed.
    public var description: String { "can't \(operation): \(error)" }

    /// Whether the same operation may succeed later.
    public var isTransient: Bool { error.isTransient }
}
