import Glibc

/// Where requests go: an address literal and a port, `10.0.0.1:80` or `[fd00::1]:80`.
struct Address {
    /// The text as given, for the `Host` header and the report.
    let description: String
    let family: Int32
    private let storage: sockaddr_storage
    private let length: socklen_t

    init?(_ text: String) {
        guard let colon = text.lastIndex(of: ":"), let port = UInt16(text[text.index(after: colon)...]), port > 0 else {
            return nil
        }
        let host = text[..<colon]
        var storage = sockaddr_storage()
        if host.hasPrefix("["), host.hasSuffix("]") {
            var six = sockaddr_in6()
            six.sin6_family = sa_family_t(AF_INET6)
            six.sin6_port = port.bigEndian
            guard inet_pton(AF_INET6, String(host.dropFirst().dropLast()), &six.sin6_addr) == 1 else { return nil }
            withUnsafeMutableBytes(of: &storage) { $0.storeBytes(of: six, as: sockaddr_in6.self) }
            family = AF_INET6
            length = socklen_t(MemoryLayout<sockaddr_in6>.size)
        } else {
            var four = sockaddr_in()
            four.sin_family = sa_family_t(AF_INET)
            four.sin_port = port.bigEndian
            guard inet_pton(AF_INET, String(host), &four.sin_addr) == 1 else { return nil }
            withUnsafeMutableBytes(of: &storage) { $0.storeBytes(of: four, as: sockaddr_in.self) }
            family = AF_INET
            length = socklen_t(MemoryLayout<sockaddr_in>.size)
        }
        self.storage = storage
        description = text
    }

    /// Starts a connection of the socket to this address; the error number when that is refused at once.
    func connect(_ descriptor: Int32) -> Int32 {
        withUnsafePointer(to: storage) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                Glibc.connect(descriptor, $0, length) == 0 ? 0 : errno
            }
        }
    }

    /// Binds the socket to a port of the unspecified address of this family.
    func bind(_ descriptor: Int32, toPort port: UInt16) -> Bool {
        var local = sockaddr_storage()
        local.ss_family = sa_family_t(family)
        // The port lies at the same place in both families.
        withUnsafeMutableBytes(of: &local) { $0.storeBytes(of: port.bigEndian, toByteOffset: 2, as: UInt16.self) }
        return withUnsafePointer(to: local) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { Glibc.bind(descriptor, $0, length) == 0 }
        }
    }

    /// The local port of a socket, 0 when it has none.
    static func localPort(of descriptor: Int32) -> UInt16 {
        var storage = sockaddr_storage()
        var length = socklen_t(MemoryLayout<sockaddr_storage>.size)
        let result = withUnsafeMutablePointer(to: &storage) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { getsockname(descriptor, $0, &length) }
        }
        guard result == 0 else { return 0 }
        return withUnsafeBytes(of: &storage) {
            UInt16(bigEndian: $0.loadUnaligned(fromByteOffset: 2, as: UInt16.self))
        }
    }
}
