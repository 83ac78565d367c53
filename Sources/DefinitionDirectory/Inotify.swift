import Glibc
import NIOCore
import NIOPosix

/// A watch on one directory by `inotify(7)`, read on an event loop.
struct Inotify {
    /// What the kernel said since the last look.
    enum Notice: Sendable {
        /// Something in the directory changed, and may be about to change further.
        case changed
        /// A definition was moved to its place, so it is whole.
        case replaced
        /// Events were lost, or there were too many.
        case overflow
        /// The directory itself was moved, removed or unmounted.
        case lost
    }

    private static let mask =
        IN_CLOSE_WRITE | IN_MOVED_TO | IN_MOVED_FROM | IN_CREATE | IN_DELETE | IN_ATTRIB | IN_DELETE_SELF | IN_MOVE_SELF

    private let channel: NIOAsyncChannel<ByteBuffer, Never>

    /// Starts watching; changes from here on are reported.
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

    /// Reports what the kernel says until the task is cancelled or the watch ends.
    func run(_ report: @Sendable (Notice) -> Void) async throws {
        try await channel.executeThenClose { inbound in
            for try await buffer in inbound {
                report(Self.notice(buffer))
            }
        }
    }

    /// The most telling of the events in a buffer: `struct inotify_event` one after the other, each with its name behind it.
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

    /// Whether the name, which is followed by zeros, is a definition's.
    private static func isDefinition(_ name: ByteBuffer) -> Bool {
        WatchedDirectory.id(fileName: String(decoding: name.readableBytesView.prefix { $0 != 0 }, as: UTF8.self)) != nil
    }
}
