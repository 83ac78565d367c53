import Systemd

#if canImport(Glibc)
import Glibc
#endif

/// The daemon's two sockets.
///
/// They are bound once, and systemd keeps them, so that connections wait during a restart.
struct ListeningSockets {
    /// HTTP for `smctl`.
    var control: CInt
    /// Lines for `launch`.
    var launch: CInt
    /// Whether another daemon has listened there since the boot.
    let hasPredecessor: Bool

    /// Takes the sockets over from systemd, or binds them and passes them to systemd.
    ///
    /// - Throws: `SocketError` with the path and the reason.
    init(folder: String) throws(SocketError) {
        let store = DescriptorStore()
        let received: [String: CInt]
        do throws(SystemdError) {
            received = try store.receivedDescriptors()
        } catch {
            throw SocketError(path: folder, reason: "systemd's descriptors can't be taken over: \(error)")
        }
        // Every user may enter the folder, because the sockets' own modes decide who may use them. A mode that the umask has
        // reduced would keep the control socket's group out.
        _ = mkdir(folder, 0o755)
        _ = chmod(folder, 0o755)
        hasPredecessor = access("\(folder)/launch.sock", F_OK) == 0
        control = try Self.socket("control", "\(folder)/control.sock", mode: 0o660, received, store)
        launch = try Self.socket("launch", "\(folder)/launch.sock", mode: 0o600, received, store)
    }

    private static func socket(
        _ name: String,
        _ path: String,
        mode: mode_t,
        _ received: [String: CInt],
        _ store: DescriptorStore
    ) throws(SocketError) -> CInt {
        // A stored socket whose file was removed can't be reached any more.
        if let descriptor = received[name], access(path, F_OK) == 0 { return descriptor }
        let descriptor = try listen(at: path, mode: mode)
        if (try? store.store(descriptor, name: name)) == nil {
            try? store.remove(name: name)
        }
        return descriptor
    }

    private static func listen(at path: String, mode: mode_t) throws(SocketError) -> CInt {
        let descriptor = Glibc.socket(AF_UNIX, Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
        guard descriptor >= 0 else { throw SocketError(path: path) }
        _ = unlink(path)
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        let fits = path.utf8.count < MemoryLayout.size(ofValue: address.sun_path)
        guard fits else {
            throw SocketError(path: path, reason: "the path is too long for a unix socket; shorten run_directory")
        }
        withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: path.utf8) }
        let previous = umask(0o777 & ~mode)
        let bound = withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                bind(descriptor, $0, socklen_t(MemoryLayout<sockaddr_un>.size))
            }
        }
        umask(previous)
        guard bound == 0, Glibc.listen(descriptor, 1024) == 0 else { throw SocketError(path: path) }
        return descriptor
    }
}

/// A socket can't be created.
struct SocketError: Error, CustomStringConvertible {
    let description: String

    init(path: String, reason: String = String(cString: strerror(errno))) {
        description = "can't listen at \(path): \(reason)"
    }
}
