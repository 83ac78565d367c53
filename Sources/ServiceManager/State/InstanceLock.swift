import FoundationEssentials

#if canImport(Glibc)
import Glibc
#endif

/// Keeps a second daemon from a folder that only one may work with.
///
/// It is a lock of the kernel's (flock(2)), so it ends with the process that holds it, however that ends.
package struct InstanceLock: Sendable {
    private let descriptor: Int32

    /// Takes the lock, and keeps it until `release()` or the end of the process.
    ///
    /// - Parameter folder: What is locked; it is made when it is missing.
    /// - Throws: `InstanceLockError`, which names the process that has it.
    package init(folder: String) throws(InstanceLockError) {
        let path = folder + "/lock"
        do {
            try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        } catch {
            throw .unusable(path: path, reason: "the folder can't be made: \(error)")
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
        // For the daemon that comes second; without it the lock holds all the same.
        let name = Array("\(getpid())\n".utf8)
        if ftruncate(file, 0) == 0 { _ = write(file, name, name.count) }
        descriptor = file
    }

    /// Lets go of it.
    package func release() { close(descriptor) }

    private static func text(of file: Int32) -> String? {
        var bytes = [UInt8](repeating: 0, count: 32)
        let count = pread(file, &bytes, bytes.count, 0)
        let digits = bytes.prefix(max(0, count)).prefix { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }
        return digits.isEmpty ? nil : String(decoding: digits, as: UTF8.self)
    }
}

/// Why a daemon can't begin.
package enum InstanceLockError: Error, Equatable, CustomStringConvertible {
    /// Another daemon works with the folder; its process, where that is known.
    case held(folder: String, process: String?)
    /// The lock itself can't be made.
    case unusable(path: String, reason: String)

    /// True: another daemon may end, and a disk be repaired.
    package var isTransient: Bool { true }

    package var description: String {
        switch self {
        case .held(let folder, let process):
            "another service-managerd\(process.map { " (process \($0))" } ?? "") works with \(folder), and only one can: "
                + "`systemctl status service-managerd` shows systemd's, `systemctl stop service-managerd` stops it"
        case .unusable(let path, let reason):
            "\(path) can't be locked: \(reason); check the disk and the folder's owner, which has to be root"
        }
    }
}
