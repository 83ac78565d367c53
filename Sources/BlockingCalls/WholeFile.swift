package import Glibc

/// Replaces a small file atomically: temporary file, fsync, rename, fsync of the folder.
package enum WholeFile {
    /// Replaces a file in an existing folder.
    ///
    /// It blocks for as long as its disk takes.
    ///
    /// - Parameters:
    ///   - path: The file; the temporary one is beside it, with the suffix `.new`.
    ///   - bytes: The new content.
    ///   - permissions: The file's permissions (chmod(2)), reduced by the process's umask.
    ///   - isDurable: Whether the file is on the disk when this returns; otherwise the kernel writes it in its own time.
    /// - Throws: The system call that failed; the file is unchanged then.
    package static func replace(
        _ path: String,
        with bytes: [UInt8],
        permissions: mode_t,
        isDurable: Bool = true
    ) throws(WholeFileError) {
        let temporary = path + ".new"
        try write(bytes, to: temporary, permissions, isDurable)
        guard rename(temporary, path) == 0 else { throw WholeFileError(call: "rename") }
        guard isDurable else { return }
        let folder = path.lastIndex(of: "/").map { path[...$0] } ?? "."
        let directory = open(String(folder), O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard directory >= 0 else { throw WholeFileError(call: "open") }
        defer { close(directory) }
        guard fsync(directory) == 0 else { throw WholeFileError(call: "fsync") }
    }

    private static func write(
        _ bytes: [UInt8],
        to path: String,
        _ permissions: mode_t,
        _ isDurable: Bool
    ) throws(WholeFileError) {
        let file = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, permissions)
        guard file >= 0 else { throw WholeFileError(call: "open") }
        defer { close(file) }
        var rest = bytes[...]
        while !rest.isEmpty {
            let count = rest.withUnsafeBytes { Glibc.write(file, $0.baseAddress, $0.count) }
            if count < 0, errno == EINTR { continue }
            guard count > 0 else { throw WholeFileError(call: "write") }
            rest = rest.dropFirst(count)
        }
        guard !isDurable || fsync(file) == 0 else { throw WholeFileError(call: "fsync") }
    }
}

/// Why a file couldn't be replaced.
package struct WholeFileError: Error, Hashable {
    /// The system call that failed.
    package let call: String

    /// Its errno.
    package let errno: Int32

    /// Makes an error from the call that has just failed.
    fileprivate init(call: String) {
        self.call = call
        errno = Glibc.errno
    }
}
