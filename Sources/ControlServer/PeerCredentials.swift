import NIOCore

#if canImport(Glibc)
import Glibc
#endif

/// The user and process of the other end, from the kernel: `struct ucred` of `<linux/socket.h>`, SO_PEERCRED in unix(7).
package struct PeerCredentials: Hashable, Sendable {
    package var pid: Int32
    package var uid: UInt32
    package var gid: UInt32

    /// Asks the kernel; nil when the channel isn't a unix socket, or is closed.
    static func of(_ channel: any Channel) async -> PeerCredentials? {
        guard let options = channel as? any SocketOptionProvider else { return nil }
        // The type has the layout of `struct ucred`: three 32-bit members.
        let credentials: EventLoopFuture<PeerCredentials> = options.unsafeGetSocketOption(
            level: .socket,
            name: NIOBSDSocket.Option(rawValue: SO_PEERCRED)
        )
        return try? await credentials.get()
    }
}
