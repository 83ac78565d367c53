import CSystemd
import Glibc

/// Descriptors that systemd keeps for this service over its restarts and crashes (`FileDescriptorStoreMax=`).
///
/// A socket in the store queues connections while the service is down.
package struct DescriptorStore: Sendable {
    package init() {}

    /// Takes over the descriptors that systemd passed, once: their environment variables are removed.
    ///
    /// The caller owns the descriptors. They are close-on-exec. Of several with one name, the last one counts, and the others
    /// are closed.
    ///
    /// - Returns: The descriptors by name; empty without systemd.
    /// - Throws: `SystemdError.notification` when the environment is invalid.
    package func receivedDescriptors() throws(SystemdError) -> [String: CInt] {
        var names: UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>?
        let count = sd_listen_fds_with_names(1, &names)
        guard count >= 0 else { throw .notification(operation: "take over descriptors from systemd", errno: -count) }
        defer {
            for index in 0..<Int(count) { free(names?[index]) }
            free(names)
        }
        var descriptors: [String: CInt] = [:]
        for index in 0..<Int(count) {
            guard let name = names?[index] else { continue }
            // They begin at 3, SD_LISTEN_FDS_START.
            if let earlier = descriptors.updateValue(CInt(index) + 3, forKey: String(cString: name)) { close(earlier) }
        }
        return descriptors
    }

    /// Makes systemd keep a duplicate of a descriptor, until the service's unit is stopped.
    ///
    /// - Parameters:
    ///   - descriptor: The descriptor, which the caller keeps.
    ///   - name: At most 255 printable ASCII characters without a colon.
    /// - Returns: False without systemd.
    /// - Throws: `SystemdError.notification`.
    @discardableResult
    package func store(_ descriptor: CInt, name: String) throws(SystemdError) -> Bool {
        var single = descriptor
        // FDPOLL=0: systemd must not drop it when poll(2) reports an error on it.
        let result = sd_pid_notify_with_fds(0, 0, "FDSTORE=1\nFDNAME=\(name)\nFDPOLL=0", &single, 1)
        guard result >= 0 else {
            throw .notification(operation: "store the socket \(name) with systemd", errno: -result)
        }
        return result > 0
    }

    /// Removes the descriptors with a name from systemd's store.
    ///
    /// - Throws: `SystemdError.notification`.
    package func remove(name: String) throws(SystemdError) {
        let result = sd_notify(0, "FDSTOREREMOVE=1\nFDNAME=\(name)")
        guard result >= 0 else {
            throw .notification(operation: "remove the socket \(name) from systemd's store", errno: -result)
        }
    }
}
