import Glibc

/// Why a state file couldn't be written or used.
package enum StateFileError: Error, Sendable, Hashable, CustomStringConvertible {
    /// A system call failed; the file is as it was before.
    case failed(call: String, path: String, errno: Int32)
    /// The file isn't what was written; it was moved to `movedTo` and begun again.
    case corrupt(path: String, problem: String, movedTo: String)

    /// Whether writing again may work.
    package var isTransient: Bool {
        switch self {
        case .failed: true
        case .corrupt: false
        }
    }

    package var description: String {
        switch self {
        case .failed(let call, let path, let number):
            "state file \(path): \(call): \(errorText(number)); check the disk and the owner"
        case .corrupt(let path, let problem, let movedTo):
            "state file \(path): \(problem); moved to \(movedTo) and rebuilt, revisions count from 1 again"
        }
    }
}

/// A small file that is replaced as a whole, or not at all: temporary file, fsync, rename, fsync of the folder.
struct StateFile: Sendable {
    let folder: String
    let name: String

    var path: String { folder + "/" + name }

    /// The contents; nil if there is no file yet.
    func read() throws(StateFileError) -> [UInt8]? {
        guard let directory = OwnedDescriptor(open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC)) else {
            if errno == ENOENT { return nil }
            throw failed("open")
        }
        do {
            return try FileReader.contents(name, in: directory)
        } catch {
            if case .unreadable(let number) = error {
                throw .failed(call: "read", path: path, errno: number)
            }
            throw .failed(call: "read", path: path, errno: EINVAL)
        }
    }

    func write(_ bytes: [UInt8]) throws(StateFileError) {
        if mkdir(folder, 0o755) != 0, errno != EEXIST { throw failed("mkdir") }
        guard let directory = OwnedDescriptor(open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC)) else {
            throw failed("open")
        }
        let temporary = "." + name + ".new"
        let flags = O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW
        guard let file = OwnedDescriptor(openat(directory.number, temporary, flags, 0o644)) else {
            throw failed("open")
        }
        var written = 0
        while written < bytes.count {
            let count = retrying {
                bytes.withUnsafeBytes {
                    Glibc.write(file.number, $0.baseAddress?.advanced(by: written), $0.count - written)
                }
            }
            guard count > 0 else { throw failed("write") }
            written += count
        }
        guard fsync(file.number) == 0 else { throw failed("fsync") }
        guard renameat(directory.number, temporary, directory.number, name) == 0 else { throw failed("rename") }
        guard fsync(directory.number) == 0 else { throw failed("fsync") }
    }

    /// Renames an unusable file out of the way; returns its new path.
    func moveAside() throws(StateFileError) -> String {
        let target = path + ".corrupt"
        guard rename(path, target) == 0 else { throw failed("rename") }
        return target
    }

    private func failed(_ call: String) -> StateFileError { .failed(call: call, path: path, errno: errno) }
}
