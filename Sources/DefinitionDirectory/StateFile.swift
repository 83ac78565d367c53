import BlockingCalls
import Glibc

/// Why a state file couldn't be written or used.
package enum StateFileError: Error, Sendable, Hashable, CustomStringConvertible {
    /// A system call failed; the file is unchanged.
    case failed(call: String, path: String, errno: Int32)
    /// The file is damaged. It was moved to `movedTo`, and a new one was begun.
    case corrupt(path: String, problem: String, movedTo: String)

    /// Whether writing again may succeed.
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

/// The file that holds a directory's revisions.
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
        do {
            try WholeFile.replace(path, with: bytes, permissions: 0o644)
        } catch {
            throw .failed(call: error.call, path: path, errno: error.errno)
        }
    }

    /// Renames an unusable file; returns its new path.
    func moveAside() throws(StateFileError) -> String {
        let target = path + ".corrupt"
        guard rename(path, target) == 0 else { throw failed("rename") }
        return target
    }

    private func failed(_ call: String) -> StateFileError { .failed(call: call, path: path, errno: errno) }
}
