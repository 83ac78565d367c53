import Glibc

/// Reads whole files whose path isn't chosen by this program.
///
/// Only regular files are read, and only up to a size: opening a pipe would wait for its writer, and a device such as
/// `/dev/zero` has no end.
package enum RegularFile {
    /// Reads a file, following symbolic links.
    ///
    /// It blocks for as long as its disk or server takes.
    ///
    /// - Parameters:
    ///   - path: The file.
    ///   - limit: The maximum size in bytes.
    /// - Returns: Its bytes.
    /// - Throws: `RegularFileError`.
    package static func read(_ path: String, atMost limit: Int) throws(RegularFileError) -> [UInt8] {
        let file = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY)
        guard file >= 0 else { throw .failed(errno: errno) }
        defer { close(file) }
        var status = stat()
        guard fstat(file, &status) == 0 else { throw .failed(errno: errno) }
        guard status.st_mode & S_IFMT == S_IFREG else { throw .notRegular(kind: kind(status.st_mode)) }
        guard Int(status.st_size) <= limit else { throw .tooLarge(limit: limit) }
        var bytes: [UInt8] = []
        // A file may grow while it is read, and files of /proc and /sys report a size of 0.
        var buffer = [UInt8](repeating: 0, count: min(max(Int(status.st_size) + 1, 4096), 1 << 16))
        while true {
            let count = Glibc.read(file, &buffer, buffer.count)
            if count < 0, errno == EINTR { continue }
            guard count >= 0 else { throw .failed(errno: errno) }
            guard count > 0 else { return bytes }
            bytes += buffer[..<count]
            guard bytes.count <= limit else { throw .tooLarge(limit: limit) }
        }
    }

    private static func kind(_ mode: mode_t) -> String {
        switch mode & S_IFMT {
        case S_IFDIR: "a folder"
        case S_IFIFO: "a pipe"
        case S_IFSOCK: "a socket"
        case S_IFCHR, S_IFBLK: "a device"
        default: "something else"
        }
    }
}

/// Why a file wasn't read.
package enum RegularFileError: Error, Hashable, Sendable {
    /// It is a pipe, a device, a folder or a socket.
    case notRegular(kind: String)
    /// It is larger than the limit.
    case tooLarge(limit: Int)
    /// The error number of open(2), fstat(2) or read(2).
    case failed(errno: Int32)

    /// Whether there is nothing at the path.
    package var isMissing: Bool { self == .failed(errno: ENOENT) || self == .failed(errno: ENOTDIR) }
}

extension RegularFileError: CustomStringConvertible {
    package var description: String {
        switch self {
        case .notRegular(let kind): "expected a regular file, found \(kind)"
        case .tooLarge(let limit): "expected at most \(limit) bytes, found more"
        case .failed(let number): String(cString: strerror(number))
        }
    }
}
