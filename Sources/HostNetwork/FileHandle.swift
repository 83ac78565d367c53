// The compiler decides which of the two modules the socket constants come from.
import CNetlink
import Glibc

/// A file descriptor that is closed when it goes out of scope.
struct FileHandle: ~Copyable {
    let descriptor: Int32

    deinit { close(descriptor) }
}

/// Two connected sockets, one for each side; neither survives an exec.
///
/// It is a socket rather than a pipe, because writing to a socket without a reader can be done without SIGPIPE.
struct Channel: ~Copyable {
    let ours: FileHandle
    let theirs: FileHandle

    /// Nil when the process has no descriptors left; `errno` is set.
    init?() {
        var ends: [Int32] = [-1, -1]
        let type = Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue)
        guard socketpair(AF_UNIX, type, 0, &ends) == 0 else { return nil }
        ours = FileHandle(descriptor: ends[0])
        theirs = FileHandle(descriptor: ends[1])
    }

    /// Closes the program's side, so that the end of the stream is seen once the program has closed its own copy.
    consuming func keepOurs() -> FileHandle { ours }
}

/// Reads a whole file; nil with `errno` set when that fails.
func readFile(_ path: String) -> String? {
    let descriptor = open(path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else { return nil }
    let file = FileHandle(descriptor: descriptor)
    var bytes: [UInt8] = []
    var chunk = [UInt8](repeating: 0, count: 4096)
    while true {
        let count = read(file.descriptor, &chunk, chunk.count)
        if count == 0 { return String(decoding: bytes, as: UTF8.self) }
        if count > 0 { bytes += chunk[..<count] } else if errno != EINTR { return nil }
    }
}

/// Writes a text to a file in one call, as files under `/proc/sys` require it; returns 0, or the `errno`.
func writeFile(_ path: String, _ text: String) -> Int32 {
    let descriptor = open(path, O_WRONLY | O_CLOEXEC)
    guard descriptor >= 0 else { return errno }
    let file = FileHandle(descriptor: descriptor)
    let bytes = Array(text.utf8)
    while true {
        let count = write(file.descriptor, bytes, bytes.count)
        if count == bytes.count { return 0 }
        if count >= 0 { return EIO }
        if errno != EINTR { return errno }
    }
}

/// The open descriptors of this process; empty if `/proc` isn't mounted.
func openDescriptors() -> [Int32] {
    guard let offset = MemoryLayout<dirent>.offset(of: \.d_name), let folder = opendir("/proc/self/fd") else {
        return []
    }
    defer { closedir(folder) }
    var descriptors: [Int32] = []
    while let entry = readdir(folder) {
        // The name isn't copied with the 256 bytes of its declaration, because an entry is shorter.
        let name = String(cString: UnsafeRawPointer(entry).advanced(by: offset).assumingMemoryBound(to: CChar.self))
        if let descriptor = Int32(name), descriptor != dirfd(folder) { descriptors.append(descriptor) }
    }
    return descriptors
}
