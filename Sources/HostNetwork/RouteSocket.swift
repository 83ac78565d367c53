import CNetlink
import Glibc

/// A connection to a subsystem of the kernel over netlink(7), for the thread that made it.
///
/// Every request is answered within `timeLimit` or fails.
struct RouteSocket: ~Copyable {
    private static let timeLimit = timeval(tv_sec: 5, tv_usec: 0)

    private let socket: OpaquePointer

    /// Opens a connection.
    ///
    /// - Parameter subsystem: Such as `NETLINK_ROUTE`, the routing subsystem (rtnetlink(7)).
    /// - Throws: `RouteError`.
    init(_ subsystem: Int32 = NETLINK_ROUTE) throws(RouteError) {
        let request = "open a netlink socket of the subsystem \(subsystem)"
        guard let socket = nl_socket_alloc() else {
            throw RouteError(request: request, nlError: -NLE_NOMEM)
        }
        let code = nl_connect(socket, subsystem)
        guard code >= 0 else {
            nl_socket_free(socket)
            throw RouteError(request: request, nlError: code)
        }
        var timeLimit = Self.timeLimit
        setsockopt(
            nl_socket_get_fd(socket),
            SOL_SOCKET,
            SO_RCVTIMEO,
            &timeLimit,
            socklen_t(MemoryLayout<timeval>.size)
        )
        self.socket = socket
    }

    deinit { nl_socket_free(socket) }

    /// Asks for everything of one kind; each answer is a message's type and what follows its `nlmsghdr`.
    ///
    /// A list that changed while the kernel wrote it is asked for again, at most five times.
    func dump(
        _ request: String,
        type: Int,
        header: [UInt8],
        attributes: [(type: Int32, payload: [UInt8])] = []
    ) throws(RouteError) -> [RouteMessage] {
        var attempts = 5
        while true {
            do {
                return try exchange(request, type: type, flags: NLM_F_DUMP, header: header, attributes: attributes)
            } catch {
                attempts -= 1
                guard error.code == NLE_DUMP_INTR, attempts > 0 else { throw error }
            }
        }
    }

    /// Sends one request with attributes, and collects the answers up to its acknowledgement.
    @discardableResult
    func exchange(
        _ request: String,
        type: Int,
        flags: Int32,
        header: [UInt8],
        attributes: [(type: Int32, payload: [UInt8])]
    ) throws(RouteError) -> [RouteMessage] {
        guard let message = nlmsg_alloc_simple(Int32(type), flags) else {
            throw RouteError(request: request, nlError: -NLE_NOMEM)
        }
        defer { nlmsg_free(message) }
        var header = header
        var code = nlmsg_append(message, &header, header.count, Int32(NLMSG_ALIGNTO))
        for attribute in attributes where code >= 0 {
            code = nla_put(message, attribute.type, Int32(attribute.payload.count), attribute.payload)
        }
        if code >= 0 { code = nl_send_auto(socket, message) }
        guard code >= 0 else { throw RouteError(request: request, nlError: code) }
        return try receive(request)
    }

    private func receive(_ request: String) throws(RouteError) -> [RouteMessage] {
        let answers = RouteAnswers()
        let pointer = Unmanaged.passUnretained(answers).toOpaque()
        nl_socket_modify_cb(
            socket,
            NL_CB_VALID,
            NL_CB_CUSTOM,
            { message, pointer in
                guard let message, let pointer, let header = nlmsg_hdr(message) else { return Int32(NL_SKIP.rawValue) }
                Unmanaged<RouteAnswers>.fromOpaque(pointer).takeUnretainedValue().append(header)
                return Int32(NL_OK.rawValue)
            },
            pointer
        )
        nl_socket_modify_cb(
            socket,
            NL_CB_ACK,
            NL_CB_CUSTOM,
            { _, pointer in
                if let pointer { Unmanaged<RouteAnswers>.fromOpaque(pointer).takeUnretainedValue().isComplete = true }
                return Int32(NL_STOP.rawValue)
            },
            pointer
        )
        nl_socket_modify_cb(
            socket,
            NL_CB_FINISH,
            NL_CB_CUSTOM,
            { _, pointer in
                if let pointer { Unmanaged<RouteAnswers>.fromOpaque(pointer).takeUnretainedValue().isComplete = true }
                return Int32(NL_STOP.rawValue)
            },
            pointer
        )
        return try withExtendedLifetime(answers) { () throws(RouteError) in
            // An answer and its acknowledgement may come in two datagrams.
            while !answers.isComplete {
                let code = nl_recvmsgs_default(socket)
                guard code >= 0 else { throw RouteError(request: request, nlError: code) }
            }
            return answers.messages
        }
    }
}

/// An answer of the kernel.
struct RouteMessage: Hashable, Sendable {
    /// `RTM_NEWLINK` and the like.
    var type: Int

    /// What follows the `nlmsghdr`.
    var payload: ArraySlice<UInt8>
}

/// Collects answers for `RouteSocket`, whose callbacks are C functions.
private final class RouteAnswers {
    private(set) var messages: [RouteMessage] = []
    var isComplete = false

    func append(_ header: UnsafeMutablePointer<nlmsghdr>) {
        let size = MemoryLayout<nlmsghdr>.size
        // libnl has checked that the message lies within what was received.
        let bytes = UnsafeRawBufferPointer(start: header, count: Int(header.pointee.nlmsg_len))
        messages.append(RouteMessage(type: Int(header.pointee.nlmsg_type), payload: Array(bytes.dropFirst(size))[...]))
    }
}

extension RouteError {
    /// Makes an error of a libnl return value, which is negative.
    fileprivate init(request: String, nlError code: Int32) {
        self.init(request: request, code: abs(code), reason: nl_geterror(code).map { String(cString: $0) } ?? "\(code)")
    }
}
