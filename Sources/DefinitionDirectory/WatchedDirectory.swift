import Glibc

/// The identity of a directory.
struct DirectoryIdentity: Hashable, Sendable, Codable {
    let device: UInt
    let inode: UInt
}

/// Finds directories, and lists the definitions in them.
enum WatchedDirectory {
    static func open(_ path: String) throws(DirectoryProblem) -> OwnedDescriptor {
        guard let directory = OwnedDescriptor(Glibc.open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC)) else {
            switch errno {
            case ENOENT: throw .missing
            case ENOTDIR: throw .notADirectory
            case let number: throw .failed(call: "open", errno: number)
            }
        }
        return directory
    }

    static func identity(_ directory: borrowing OwnedDescriptor) throws(DirectoryProblem) -> DirectoryIdentity {
        var status = stat()
        guard fstat(directory.number, &status) == 0 else { throw .failed(call: "fstat", errno: errno) }
        return DirectoryIdentity(device: UInt(status.st_dev), inode: UInt(status.st_ino))
    }

    /// The directory that a path leads to now, following links; nil when there is none, or it can't be read.
    static func identity(at path: String) -> DirectoryIdentity? {
        var status = stat()
        guard stat(path, &status) == 0, status.st_mode & S_IFMT == S_IFDIR else { return nil }
        return DirectoryIdentity(device: UInt(status.st_dev), inode: UInt(status.st_ino))
    }

    /// The ids of all `name.json`, sorted, without hidden files and the temporary files of editors.
    static func ids(in path: String) throws(DirectoryProblem) -> [String] {
        guard let stream = opendir(path) else {
            let number = errno
            throw number == ENOENT ? .missing : .failed(call: "opendir", errno: number)
        }
        defer { closedir(stream) }
        var ids: [String] = []
        while true {
            errno = 0
            guard let entry = readdir(stream) else {
                // An incomplete listing must not look like deletions.
                guard errno == 0 else { throw .failed(call: "readdir", errno: errno) }
                return ids.sorted()
            }
            let name = withUnsafeBytes(of: &entry.pointee.d_name) { bytes in
                String(validating: bytes.prefix { $0 != 0 }, as: UTF8.self)
            }
            if let name, let id = id(fileName: name) { ids.append(id) }
        }
    }

    static func id(fileName: String) -> String? {
        guard fileName.hasSuffix(".json"), !fileName.hasPrefix("."), !fileName.hasPrefix("#") else { return nil }
        let id = String(fileName.dropLast(".json".count))
        return id.isEmpty ? nil : id
    }
}
