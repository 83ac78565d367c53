import CNetlink
import Netlink

/// A connection to a subsystem of the kernel over netlink(7), for the thread that made it.
///
/// Every request is answered within seconds or fails.
struct RouteSocket {
    private var conversation: NetlinkConversation

    /// Opens a connection.
    ///
    /// - Parameter subsystem: The subsystem, such as `NETLINK_ROUTE` (rtnetlink(7)).
    /// - Throws: `RouteError`.
    init(_ subsystem: Int32 = NETLINK_ROUTE) throws(RouteError) {
        do {
            conversation = NetlinkConversation(try NetlinkSocket(subsystem), firstSequence: 1)
        } catch {
            throw RouteError("open a netlink socket of the subsystem \(subsystem)", error)
        }
    }

    /// Asks for everything of one kind.
    ///
    /// If the list changes meanwhile, the request is repeated a limited number of times.
    mutating func dump(
        _ request: String,
        _ type: RouteMessageType,
        header: [UInt8],
        attributes: [(type: Int32, payload: [UInt8])] = []
    ) throws(RouteError) -> [NetlinkMessage] {
        do {
            return try conversation.dump(type.request, reply: type.reply) {
                $1.message($0, own: header) { Self.append(attributes, to: &$0) }
            }
        } catch {
            throw RouteError(request, error)
        }
    }

    /// Asks for one thing.
    mutating func ask(
        _ request: String,
        _ type: RouteMessageType,
        header: [UInt8],
        attributes: [(type: Int32, payload: [UInt8])]
    ) throws(RouteError) -> NetlinkMessage {
        do {
            return try conversation.ask(type.request, reply: type.reply) {
                $1.message($0, own: header) { Self.append(attributes, to: &$0) }
            }
        } catch {
            throw RouteError(request, error)
        }
    }

    /// Changes one thing.
    mutating func change(
        _ request: String,
        _ type: UInt16,
        header: [UInt8],
        attributes: [(type: Int32, payload: [UInt8])]
    ) throws(RouteError) {
        let outcomes: [ChangeOutcome]
        do {
            outcomes = try conversation.change(type: type, count: 1) { _, netlinkHeader, writer in
                writer.message(netlinkHeader, own: header) { Self.append(attributes, to: &$0) }
                return true
            }
        } catch {
            throw RouteError(request, error)
        }
        switch outcomes.first {
        case .done: return
        case .refused(let failure): throw RouteError(request, failure)
        case .lost, .notSent, nil: throw RouteError(request, .noReply)
        }
    }

    private static func append(_ attributes: [(type: Int32, payload: [UInt8])], to writer: inout NetlinkWriter) {
        for attribute in attributes { writer.attribute(Int(attribute.type), bytes: attribute.payload) }
    }
}

/// The message types of a request and its replies.
struct RouteMessageType {
    let request: UInt16
    let reply: UInt16

    static let links = Self(request: UInt16(RTM_GETLINK), reply: UInt16(RTM_NEWLINK))
    static let neighbours = Self(request: UInt16(RTM_GETNEIGH), reply: UInt16(RTM_NEWNEIGH))
    static let addresses = Self(request: UInt16(RTM_GETADDR), reply: UInt16(RTM_NEWADDR))
    static let namespaces = Self(request: UInt16(RTM_GETNSID), reply: UInt16(RTM_NEWNSID))
    static let connections = Self(request: UInt16(Conntrack.get), reply: UInt16(Conntrack.new))
}
