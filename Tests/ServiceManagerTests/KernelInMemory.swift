import IPVS
import Netlink
import Synchronization

/// The kernel's table of virtual services, behind its netlink messages: it keeps what it is sent, and tells it again.
///
/// The messages themselves are held against a real kernel's by IPVSTests.
final class KernelInMemory: GenericNetlinkTransport, Sendable {
    let family: UInt16 = 28
    private let state = Mutex(State())

    fileprivate struct State {
        var services: [Service] = []
        var waiting: [[UInt8]] = []
        var changes = 0
        var keepsDestinations = false
    }

    fileprivate struct Service {
        var attributes: [Attribute]
        var destinations: [[Attribute]] = []
    }

    /// True when there is no virtual service.
    var isEmpty: Bool { state.withLock(\.services.isEmpty) }

    /// How many changes were made.
    var changes: Int { state.withLock(\.changes) }

    /// From now on changes of destinations are acknowledged and not made.
    func keepDestinations() { state.withLock { $0.keepsDestinations = true } }

    /// A client of this kernel.
    var client: IPVSClient { IPVSClient { () throws(NetlinkFailure) in self } }

    func send(_ datagram: [UInt8]) throws(NetlinkFailure) {
        state.withLock { state in
            for request in Request.all(in: datagram) {
                state.waiting += Self.isQuestion(request) ? state.answers(to: request) : state.outcome(of: request)
            }
        }
    }

    func receive(timeout: Duration) throws(NetlinkFailure) -> NetlinkReception {
        state.withLock { $0.waiting.isEmpty ? .nothing : .datagram($0.waiting.removeFirst()) }
    }

    private static func isQuestion(_ request: Request) -> Bool {
        request.command == Command.getService || request.command == Command.getDestination
    }
}

// MARK: What it does

/// `enum` of linux/ip_vs.h.
private enum Command {
    static let newService: UInt8 = 1
    static let setService: UInt8 = 2
    static let deleteService: UInt8 = 3
    static let getService: UInt8 = 4
    static let newDestination: UInt8 = 5
    static let setDestination: UInt8 = 6
    static let deleteDestination: UInt8 = 7
    static let getDestination: UInt8 = 8
}

/// errno(3).
private enum Refusal {
    static let noEntry: Int32 = 2
    static let noService: Int32 = 3
    static let exists: Int32 = 17
    static let invalid: Int32 = 22
}

extension KernelInMemory.State {
    fileprivate func answers(to request: Request) -> [[UInt8]] {
        let found = services.filter { $0.attributes.identity(of: .service) == request.service.identity(of: .service) }
        if request.command == Command.getDestination {
            let counts = [7, 8, 9].map { Attribute(type: $0, value: UInt32(0).bytes) }
            let destinations = found.flatMap(\.destinations)
            return destinations.map { request.reply(Command.newDestination, Attribute(type: 2, holding: $0 + counts)) }
                + [request.done]
        }
        func reply(_ service: KernelInMemory.Service) -> [UInt8] {
            request.reply(Command.newService, Attribute(type: 1, holding: service.attributes))
        }
        if request.isDump { return services.map(reply) + [request.done] }
        return [found.first.map(reply) ?? request.answer(Refusal.noService)]
    }

    fileprivate mutating func outcome(of request: Request) -> [[UInt8]] {
        let code = change(request)
        if code == 0 { changes += 1 }
        return code != 0 || request.wantsAnswer ? [request.answer(code)] : []
    }

    /// Makes a change; 0, or why it is refused.
    private mutating func change(_ request: Request) -> Int32 {
        // What asks whether there is a scheduler is refused for another reason when there is.
        if request.service.contains(where: { $0.type == 5 }) { return Refusal.invalid }
        let service = services.firstIndex {
            $0.attributes.identity(of: .service) == request.service.identity(of: .service)
        }
        guard let service else {
            guard request.command == Command.newService else { return Refusal.noService }
            services.append(KernelInMemory.Service(attributes: request.service))
            return 0
        }
        switch request.command {
        case Command.newService: return Refusal.exists
        case Command.setService: services[service].attributes = request.service
        case Command.deleteService: services.remove(at: service)
        default: return change(request, &services[service].destinations)
        }
        return 0
    }

    private func change(_ request: Request, _ destinations: inout [[Attribute]]) -> Int32 {
        let index = destinations.firstIndex {
            $0.identity(of: .destination) == request.destination.identity(of: .destination)
        }
        if request.command == Command.newDestination {
            guard index == nil else { return Refusal.exists }
            if !keepsDestinations { destinations.append(request.destination) }
            return 0
        }
        guard let index else { return Refusal.noEntry }
        if keepsDestinations { return 0 }
        if request.command == Command.deleteDestination {
            destinations.remove(at: index)
        } else {
            destinations[index] = request.destination
        }
        return 0
    }
}

// MARK: Messages

/// An attribute of a message.
private struct Attribute: Equatable {
    var type: UInt16
    var value: [UInt8]

    init(type: UInt16, value: [UInt8]) {
        self.type = type
        self.value = value
    }

    init(type: UInt16, holding attributes: [Attribute]) {
        self.init(type: type, value: attributes.flatMap(\.bytes))
    }

    var bytes: [UInt8] {
        let padding = [UInt8](repeating: 0, count: -value.count & 3)
        return UInt16(value.count + 4).bytes + type.bytes + value + padding
    }

    static func all(in bytes: ArraySlice<UInt8>) -> [Attribute] {
        var found: [Attribute] = []
        var rest = bytes
        while rest.count >= 4 {
            let length = Int(number(rest.prefix(2)))
            let type = UInt16(number(rest.dropFirst(2).prefix(2))) & 0x3fff
            found.append(Attribute(type: type, value: Array(rest.prefix(length).dropFirst(4))))
            rest = rest.dropFirst(length + (-length & 3))
        }
        return found
    }
}

/// What tells one from the others: family, protocol, address and port.
private enum Identity {
    case service
    case destination

    var types: [UInt16] {
        switch self {
        case .service: [1, 2, 3, 4]
        case .destination: [11, 1, 2]
        }
    }
}

extension [Attribute] {
    fileprivate func identity(of kind: Identity) -> [[UInt8]?] {
        kind.types.map { type in first { $0.type == type }?.value }
    }
}

/// A message of whoever asks.
private struct Request {
    private let header: ArraySlice<UInt8>
    let command: UInt8
    var service: [Attribute] = []
    var destination: [Attribute] = []

    private init(_ bytes: ArraySlice<UInt8>) {
        header = bytes.prefix(16)
        command = bytes.dropFirst(16).first ?? 0
        for attribute in Attribute.all(in: bytes.dropFirst(20)) {
            if attribute.type == 1 { service = Attribute.all(in: attribute.value[...]) }
            if attribute.type == 2 { destination = Attribute.all(in: attribute.value[...]) }
        }
    }

    static func all(in datagram: [UInt8]) -> [Request] {
        var requests: [Request] = []
        var rest = datagram[...]
        while rest.count >= 16 {
            let length = Int(number(rest.prefix(4)))
            requests.append(Request(rest.prefix(length)))
            rest = rest.dropFirst(length + (-length & 3))
        }
        return requests
    }

    private var flags: UInt64 { number(header.dropFirst(6).prefix(2)) }
    /// `NLM_F_DUMP`.
    var isDump: Bool { flags & 0x300 == 0x300 }
    /// `NLM_F_ACK`.
    var wantsAnswer: Bool { flags & 4 != 0 }

    func reply(_ command: UInt8, _ attribute: Attribute) -> [UInt8] {
        message(type: 28, flags: isDump ? 2 : 0, [command, 1, 0, 0] + attribute.bytes)
    }

    /// `NLMSG_DONE`.
    var done: [UInt8] { message(type: 3, flags: 2, Int32(0).bytes) }

    /// `NLMSG_ERROR`; code 0 is an acknowledgement.
    func answer(_ code: Int32) -> [UInt8] { message(type: 2, flags: 0x100, (-code).bytes + header) }

    private func message(type: UInt16, flags: UInt16, _ payload: [UInt8]) -> [UInt8] {
        let sequence = Array(header.dropFirst(8).prefix(4))
        return UInt32(payload.count + 16).bytes + type.bytes + flags.bytes + sequence + UInt32(0).bytes + payload
    }
}

private func number(_ bytes: ArraySlice<UInt8>) -> UInt64 { bytes.reversed().reduce(0) { $0 << 8 | UInt64($1) } }

extension FixedWidthInteger {
    /// The bytes in the host's order.
    fileprivate var bytes: [UInt8] { withUnsafeBytes(of: self) { Array($0) } }
}
