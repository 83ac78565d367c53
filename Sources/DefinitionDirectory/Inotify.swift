import Glibc
import NIOCore
import NIOPosix

/// A watch on one directory by `inotify(7)`, read on an event loop.
struct Inotify {
    /// What the kernel has reported.
    enum Notice: Sendable {
        /// Something in the directory has changed, and may still be changing.
        case changed
        /// A definition was renamed to its name, so it is complete.
        case replaced
        /// Events were lost, or there were too many.
        case overflow
        /// The directory itself was moved, removed or unmounted.
        case lost
    }

    private static let mask =
        IN_CLOSE_WRITE | IN_MOVED_TO | IN_MOVED_FROM | IN_CREATE | IN_DELETE | IN_ATTRIB | IN_DELETE_SELF | IN_MOVE_SELF

    private let channel: NIOAsyncChannel<ByteBuffer, Never>

    /// Starts watching.
    ///
    /// Later changes are reported.
    static func watch(_ path: String, on group: any EventLoopGroup) async throws -> Inotify {
        guard let descriptor = OwnedDescriptor(inotify_init1(Int32(IN_NONBLOCK | IN_CLOEXEC)))
        else {
            throw DirectoryProblem.failed(call: "inotify_init1", errno: errno)
        }
        guard inotify_add_watch(descriptor.number, path, UInt32(mask) | UInt32(IN_ONLYDIR)) >= 0 else {
            throw DirectoryProblem.failed(call: "inotify_add_watch", errno: errno)
        }
        let number = descriptor.release()
        do {
            // A read into a buffer too small for the next event fails, so the size must not adapt downwards.
            let channel = try await NIOPipeBootstrap(group: group)
                .channelOption(.recvAllocator, value: FixedSizeRecvByteBufferAllocator(capacity: 16 << 10))
                .takingOwnershipOfDescriptor(input: number) { channel in
                    channel.eventLoop.makeCompletedFuture {
                        try NIOAsyncChannel<ByteBuffer, Never>(wrappingChannelSynchronously: channel)
                    }
                }
            return Inotify(channel: channel)
        } catch {
            close(number)
            throw error
        }
    }

    /// Reports the kernel's notices until the task is cancelled or the watch ends.
    func run(_ report: @Sendable (Notice) -> Void) async throws {
        try await channel.executeThenClose { inbound in
            for try await buffer in inbound {
                report(Self.notice(buffer))
            }
        }
    }

    /// The most important event in a buffer, which holds a sequence of `struct inotify_event`, each followed by its name.
    static func notice(_ buffer: ByteBuffer) -> Notice {
        var buffer = buffer
        var notice = Notice.changed
        while buffer.readInteger(endianness: .host, as: Int32.self) != nil,
            let mask = buffer.readInteger(endianness: .host, as: UInt32.self),
            buffer.readInteger(endianness: .host, as: UInt32.self) != nil,
            let length = buffer.readInteger(endianness: .host, as: UInt32.self),
            let name = buffer.readSlice(length: Int(length))
        {
            if mask & UInt32(IN_DELETE_SELF | IN_MOVE_SELF | IN_UNMOUNT | IN_IGNORED) != 0 { return .lost }
            if mask & UInt32(IN_Q_OVERFLOW) != 0 { notice = .overflow }
            if notice == .changed, mask & UInt32(IN_MOVED_TO) != 0, isDefinition(name) { notice = .replaced }
        }
        return notice
    }

    /// Whether the zero-padded name is that of a definition.
    private static func isDefinition(_ name: ByteBuffer) -> Bool {
        WatchedDirectory.id(fileName: String(decoding: name.readableBytesView.prefix { $0 != 0 }, as: UTF8.self)) != nil
    }
}
