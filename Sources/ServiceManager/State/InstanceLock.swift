import FoundationEssentials

#if canImport(Glibc)
import Glibc
#endif

/// Keeps a second daemon from using a folder that only one may use.
///
/// The kernel holds the lock (flock(2)), so it ends with the process, however that ends.
package struct InstanceLock: Sendable {
    private let descriptor: Int32

    /// Takes the lock, and holds it until `release()` or the end of the process.
    ///
    /// - Parameter folder: The folder to lock; it is created if missing.
    /// - Throws: `InstanceLockError`, which names the process that holds the lock.
    package init(folder: String) throws(InstanceLockError) {
        let path = folder + "/lock"
        do {
            try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        } catch {
            throw .unusable(path: path, reason: "the folder can't be created: \(error)")
        }
        let file = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
        guard file >= 0 else { throw .unusable(path: path, reason: String(cString: strerror(errno))) }
        guard flock(file, LOCK_EX | LOCK_NB) == 0 else {
            let reason = errno
            let holder = Self.text(of: file)
            close(file)
            guard reason == EWOULDBLOCK else {
                throw .unusable(path: path, reason: String(cString: strerror(reason)))
            }
            throw .held(folder: folder, process: holder)
        }
        // For a second daemon's error message; the lock holds without it.
        let name = Array("\(getpid())\n".utf8)
        if ftruncate(file, 0) == 0 { _ = write(file, name, name.count) }
        descriptor = file
    }

    /// Releases the lock.
    package func release() { close(descriptor) }

    private static func text(of file: Int32) -> String? {
        var bytes = [UInt8](repeating: 0, count: 32)
        let count = pread(file, &bytes, bytes.count, 0)
        let digits = bytes.prefix(max(0, count)).prefix { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }
        return digits.isEmpty ? nil : String(decoding: digits, as: UTF8.self)
    }
}

/// Why a daemon can't take the lock.
package enum InstanceLockError: Error, Equatable, CustomStringConvertible {
    /// Another daemon uses the folder; its process id, if known.
    case held(folder: String, process: String?)
    /// The lock file can't be created.
    case unusable(path: String, reason: String)

    /// Always true: another daemon may end, and a disk may be repaired.
    package var isTransient: Bool { true }

    package var description: String {
        switch self {
        case .held(let folder, let process):
            "another service-managerd\(process.map { " (process \($0))" } ?? "") uses \(folder), and only one can: "
                + "`systemctl status service-managerd` shows the one of systemd, `systemctl stop service-managerd` stops it"
        case .unusable(let path, let reason):
            "\(path) can't be locked: \(reason); check the disk and the folder's owner, which must be root"
        }
    }
}
