import Glibc

/// A system call on a file failed.
struct FileError: Error, CustomStringConvertible {
    /// The operation, for example "open".
    let operation: String
    let path: String
    let number: CInt

    init(_ operation: String, _ path: String) {
        self.operation = operation
        self.path = path
        number = errno
    }

    var description: String { "\(operation) \(path): \(String(cString: strerror(number)))" }
}

/// The file operations of the generator, without Foundation, because it runs early at boot and at every daemon-reload.
enum Files {
    /// The maximum size of a file; unit files have a few kilobytes.
    private static let limit = 1 << 20

    /// The names in a folder, in order; empty when the folder doesn't exist.
    static func names(in folder: String) throws(FileError) -> [String] {
        guard let stream = opendir(folder) else {
            if errno == ENOENT || errno == ENOTDIR { return [] }
            throw FileError("open", folder)
        }
        defer { closedir(stream) }
        var names: [String] = []
        while let entry = readdir(stream) {
            let name = withUnsafePointer(to: &entry.pointee.d_name) { pointer in
                pointer.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
            }
            if name != ".", name != ".." { names.append(name) }
        }
        return names.sorted()
    }

    /// Whether a path exists, even as a symbolic link without a target.
    static func exists(_ path: String) -> Bool {
        var status = stat()
        return lstat(path, &status) == 0
    }

    /// A regular file's text; nil when it isn't a regular file, such as a unit that is masked by a link to /dev/null.
    static func text(of path: String) throws(FileError) -> String? {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
        guard descriptor >= 0 else { throw FileError("open", path) }
        defer { close(descriptor) }
        var status = stat()
        guard fstat(descriptor, &status) == 0 else { throw FileError("stat", path) }
        guard status.st_mode & S_IFMT == S_IFREG, status.st_size <= limit else { return nil }
        var bytes: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 16384)
        while true {
            let count = read(descriptor, &buffer, buffer.count)
            guard count >= 0 else { throw FileError("read", path) }
            if count == 0 { return String(decoding: bytes, as: UTF8.self) }
            bytes += buffer[..<count]
            if bytes.count > limit { return nil }
        }
    }

    /// Writes a file; an existing one is replaced.
    static func write(_ text: String, to path: String) throws(FileError) {
        let descriptor = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0o644)
        guard descriptor >= 0 else { throw FileError("create", path) }
        defer { close(descriptor) }
        try append(text, to: descriptor, path: path)
    }

    /// Writes to a device.
    static func append(_ text: String, to path: String) throws(FileError) {
        let descriptor = open(path, O_WRONLY | O_CLOEXEC | O_NOCTTY)
        guard descriptor >= 0 else { throw FileError("open", path) }
        defer { close(descriptor) }
        try append(text, to: descriptor, path: path)
    }

    static func append(_ text: String, to descriptor: CInt, path: String = "standard error") throws(FileError) {
        var rest = Array(text.utf8)[...]
        while !rest.isEmpty {
            let count = rest.withUnsafeBytes { Glibc.write(descriptor, $0.baseAddress, $0.count) }
            guard count > 0 else { throw FileError("write", path) }
            rest = rest.dropFirst(count)
        }
    }

    /// Creates a folder, unless it exists.
    static func makeFolder(_ path: String) throws(FileError) {
        guard mkdir(path, 0o755) == 0 || errno == EEXIST else { throw FileError("mkdir", path) }
    }

    /// Creates a symbolic link, unless it exists.
    static func link(_ path: String, to target: String) throws(FileError) {
        guard symlink(target, path) == 0 || errno == EEXIST else { throw FileError("symlink", path) }
    }
}
