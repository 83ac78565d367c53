import Glibc

/// Which directory stands at a path.
struct DirectoryIdentity: Hashable, Sendable, Codable {
    let device: UInt
    let inode: UInt
}

/// Opening a directory and reading the names of the definitions in it.
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

    /// Which directory a path leads to at present, links followed; nil when there is none, or that can't be told.
    static func identity(at path: String) -> DirectoryIdentity? {
        var status = stat()
        guard stat(path, &status) == 0, status.st_mode & S_IFMT == S_IFDIR else { return nil }
        return DirectoryIdentity(device: UInt(status.st_dev), inode: UInt(status.st_ino))
    }

    /// The ids of all `name.json`, sorted; hidden files and what editors leave behind aren't among them.
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
                // A listing that breaks off must not look like deletions.
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
