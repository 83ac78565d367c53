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
/// The client opens its socket at the first call, in the network namespace that the process is in at that moment, and again
/// after a failure. Calls run one after another on the client's own queue, and block no thread of Swift's pool. They need
/// `CAP_NET_ADMIN`. Virtual services of protocols other than TCP, UDP and SCTP are left out.
public actor IPVSClient {
    private let executor = QueueExecutor(label: "ipvs")
    private let open: () throws(NetlinkFailure) -> any GenericNetlinkTransport
    private static let version = UInt8(IPVS_GENL_VERSION)
    private var conversation: GenericNetlinkConversation?

    /// The client's own queue.
    public nonisolated var unownedExecutor: UnownedSerialExecutor { executor.asUnownedSerialExecutor() }

    /// Makes a client.
    ///
    /// Nothing is opened yet.
    public init() {
        open = { () throws(NetlinkFailure) in try GenericNetlinkSocket(family: IPVS_GENL_NAME) }
    }

    /// Makes a client over a transport other than the kernel's socket.
    ///
    /// - Parameter open: Opens the transport, at the first call and after a failure.
    package init(open: sending @escaping () throws(NetlinkFailure) -> any GenericNetlinkTransport) {
        self.open = open
    }

    /// Sends a request to the kernel.
    ///
    /// A socket that failed isn't used again.
    func ask<Answer>(
        _ question: (inout GenericNetlinkConversation) throws(NetlinkFailure) -> Answer
    ) throws(IPVSError) -> Answer {
        do throws(NetlinkFailure) {
            do throws(NetlinkFailure) {
                return try converse(question)
            } catch {
                // A read is answered with ENOENT only when the family no longer exists: the module was loaded again.
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
        // A socket that failed may hold answers to earlier requests, so it is kept only after a valid answer.
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
    /// - Returns: Whether the number of the IPVS family has changed since the last socket was opened.
    func reopen() throws(NetlinkFailure) -> Bool {
        let previous = conversation?.family
        conversation = nil
        let current = GenericNetlinkConversation(try open(), version: Self.version, firstSequence: 1)
        conversation = current
        return previous != nil && current.family != previous
    }
}
