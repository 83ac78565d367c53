import BlockingCalls
import CNetlink
import Glibc
package import Netlink

/// Reads and changes the kernel's IPVS tables, over generic netlink.
///
/// ```swift
/// let client = IPVSClient()
/// let service = VirtualService(try ServiceAddress("172.18.0.1:7001"), scheduler: .roundRobin)
/// try await client.add(service)
/// try await client.add(Destination(try Endpoint("172.17.0.2:80")), to: service.identity)
/// print(try await client.snapshot().rules)
/// ```
///
/// It opens its socket at the first call, in the network namespace that the process is in at that moment, and again
/// after a failure. Calls run one after another on a queue of the client's own and block no thread of Swift's pool. Needs `CAP_NET_ADMIN`.
/// A virtual service of a protocol other than TCP, UDP and SCTP isn't seen.
public actor IPVSClient {
    private let executor = QueueExecutor(label: "ipvs")
    private let open: () throws(NetlinkFailure) -> any GenericNetlinkTransport
    private static let version = UInt8(IPVS_GENL_VERSION)
    private var conversation: GenericNetlinkConversation?

    /// Calls run on a queue of the client's own.
    public nonisolated var unownedExecutor: UnownedSerialExecutor { executor.asUnownedSerialExecutor() }

    /// Makes a client; nothing is opened yet.
    public init() {
        open = { () throws(NetlinkFailure) in try GenericNetlinkSocket(family: IPVS_GENL_NAME) }
    }

    /// Makes a client over another transport than the kernel's.
    ///
    /// - Parameter open: Opens the transport, first and after a failure.
    package init(open: sending @escaping () throws(NetlinkFailure) -> any GenericNetlinkTransport) {
        self.open = open
    }

    /// Asks the kernel something; a socket that failed isn't used again.
    func ask<Answer>(
        _ question: (inout GenericNetlinkConversation) throws(NetlinkFailure) -> Answer
    ) throws(IPVSError) -> Answer {
        do throws(NetlinkFailure) {
            do throws(NetlinkFailure) {
                return try converse(question)
            } catch {
                // No question is answered with ENOENT but one to a family that is gone: the module was loaded again.
                guard error.code == ENOENT else { throw error }
                conversation = nil
                return try converse(question)
            }
        } catch {
            throw IPVSError(error)
        }
    }

    /// Uses the open socket, or opens one.
    func converse<Answer>(
        _ exchange: (inout GenericNetlinkConversation) throws(NetlinkFailure) -> Answer
    ) throws(NetlinkFailure) -> Answer {
        var current: GenericNetlinkConversation
        if let conversation {
            current = conversation
        } else {
            current = GenericNetlinkConversation(try open(), version: Self.version, firstSequence: 1)
        }
        // A socket that failed may hold answers to what was asked before, so it is kept only after a proper answer.
        conversation = nil
        do throws(NetlinkFailure) {
            let answer = try exchange(&current)
            conversation = current.isUsable ? current : nil
            return answer
        } catch {
            if error.code != nil { conversation = current }
            throw error
        }
    }

    /// Opens a new socket.
    ///
    /// - Returns: Whether the kernel has given IPVS another number since the last one was opened.
    func reopen() throws(NetlinkFailure) -> Bool {
        let previous = conversation?.family
        conversation = nil
        let current = GenericNetlinkConversation(try open(), version: Self.version, firstSequence: 1)
        conversation = current
        return previous != nil && current.family != previous
    }
}
