import Glibc

/// What distinguishes a file's contents without reading them (`stat(2)`).
struct FileSignature: Hashable, Sendable {
    let device: UInt
    let inode: UInt
    let size: Int
    let modifiedSeconds: Int
    let modifiedNanoseconds: Int
    let changedSeconds: Int
    let changedNanoseconds: Int

    init(_ status: stat) {
        device = UInt(status.st_dev)
        inode = UInt(status.st_ino)
        size = Int(status.st_size)
        modifiedSeconds = status.st_mtim.tv_sec
        modifiedNanoseconds = status.st_mtim.tv_nsec
        changedSeconds = status.st_ctim.tv_sec
        changedNanoseconds = status.st_ctim.tv_nsec
    }
}

/// Reads definition files in an open directory, by name.
enum FileReader {
    /// The maximum size of a file: 8 MiB.
    static let maximumSize = 8 << 20

    /// The signature of a file, following links; nil if there is none with that name.
    static func signature(
        _ name: String,
        in directory: borrowing OwnedDescriptor
    ) throws(DirectoryFileProblem) -> FileSignature? {
        var status = stat()
        if fstatat(directory.number, name, &status, 0) == 0 { return FileSignature(status) }
        let number = errno
        guard number == ENOENT || number == ELOOP else { throw .unreadable(errno: number) }
        guard fstatat(directory.number, name, &status, AT_SYMLINK_NOFOLLOW) == 0 else { return nil }
        throw number == ELOOP ? .linkLoop : .danglingLink
    }

    /// The bytes of a file, following links; nil if there is none with that name.
    static func contents(
        _ name: String,
        in directory: borrowing OwnedDescriptor
    ) throws(DirectoryFileProblem) -> [UInt8]? {
        guard try signature(name, in: directory) != nil else { return nil }
        // Without O_NONBLOCK, opening a pipe would wait for its writer.
        guard let file = OwnedDescriptor(openat(directory.number, name, O_RDONLY | O_CLOEXEC | O_NONBLOCK)) else {
            let number = errno
            if number == ENOENT { return nil }
            throw .unreadable(errno: number)
        }
        var status = stat()
        guard fstat(file.number, &status) == 0 else { throw .unreadable(errno: errno) }
        guard status.st_mode & S_IFMT == S_IFREG else { throw .notAFile }
        guard status.st_size <= maximumSize else { throw .tooLarge(bytes: Int(status.st_size)) }
        return try readAll(file, expected: Int(status.st_size))
    }

    private static func readAll(
        _ file: borrowing OwnedDescriptor,
        expected: Int
    ) throws(DirectoryFileProblem) -> [UInt8] {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(expected)
        var buffer = [UInt8](repeating: 0, count: min(max(expected + 1, 512), 1 << 16))
        while true {
            let count = retrying { read(file.number, &buffer, buffer.count) }
            guard count >= 0 else { throw .unreadable(errno: errno) }
            guard count > 0 else { return bytes }
            bytes += buffer[..<count]
            guard bytes.count <= maximumSize else { throw .tooLarge(bytes: bytes.count) }
        }
    }
}
