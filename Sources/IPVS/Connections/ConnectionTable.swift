public import Addresses
import BlockingCalls
import Glibc

/// The connections that IPVS remembers, from `/proc/net/ip_vs_conn`.
///
/// For each reading, the kernel walks through its whole table. So it is read seldom, by one reader at a time, and only up to a
/// limit.
public actor ConnectionTable {
    /// The number of bytes, and the time, after which a reading is given up.
    private static let mostBytes = 32 << 20
    private static let longest = Duration.seconds(2)

    private let executor = QueueExecutor(label: "ipvs-connections")
    private let path: String

    /// Calls block, so they run on a thread of their own.
    public nonisolated var unownedExecutor: UnownedSerialExecutor { executor.asUnownedSerialExecutor() }

    /// Makes a table; nothing is read yet.
    public init() { path = "/proc/net/ip_vs_conn" }

    /// - Parameter path: The file, for tests.
    package init(path: String) { self.path = path }

    /// The connections to these destinations.
    ///
    /// - Parameter destinations: The destination at each virtual service.
    /// - Returns: The connections, without templates of persistent clients; nil when the table can't be read, or is too large.
    public func connections(to destinations: [ServiceAddress: Endpoint]) -> [TrackedConnection]? {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { return nil }
        defer { close(descriptor) }
        let end = ContinuousClock.now.advanced(by: Self.longest)
        var found: [TrackedConnection] = []
        var rest: [UInt8] = []
        var total = 0
        var chunk = [UInt8](repeating: 0, count: 1 << 16)
        while true {
            let count = read(descriptor, &chunk, chunk.count)
            if count < 0, errno == EINTR { continue }
            guard count >= 0 else { return nil }
            total += count
            guard total <= Self.mostBytes, ContinuousClock.now < end else { return nil }
            rest += chunk[..<count]
            let lines = rest.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
            // The text after the last line feed isn't a complete line yet.
            for line in lines.dropLast() {
                let connection = TrackedConnection(line: String(decoding: line, as: UTF8.self))
                if let connection, connection.isAny(of: destinations) { found.append(connection) }
            }
            rest = Array(lines.last ?? [])
            if count == 0 { return found }
        }
    }
}

extension TrackedConnection {
    fileprivate func isAny(of destinations: [ServiceAddress: Endpoint]) -> Bool {
        client.port != 0
            && destinations.contains { address, endpoint in
                address.transport == transport && service.isSame(as: address.endpoint)
                    && destination.isSame(as: endpoint)
            }
    }
}
