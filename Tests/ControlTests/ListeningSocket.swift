#if canImport(Glibc)
import Glibc
#endif

/// A unix socket that listens in a directory of its own, as systemd would hand it over.
struct ListeningSocket: ~Copyable {
    let descriptor: CInt
    let path: String
    private let directory: String

    struct Failure: Error {
        let call: String
        let code: CInt
    }

    init() throws {
        var template = Array("/tmp/control-XXXXXX".utf8CString)
        guard mkdtemp(&template) != nil else { throw Failure(call: "mkdtemp", code: errno) }
        let directory = String(decoding: template.dropLast().map(UInt8.init(bitPattern:)), as: UTF8.self)
        let path = directory + "/control.sock"
        let descriptor = socket(AF_UNIX, CInt(SOCK_STREAM.rawValue), 0)
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: path.utf8) }
        let bound = withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                bind(descriptor, $0, socklen_t(MemoryLayout<sockaddr_un>.size))
            }
        }
        guard bound == 0, listen(descriptor, 16) == 0 else { throw Failure(call: "bind", code: errno) }
        self.directory = directory
        self.path = path
        self.descriptor = descriptor
    }

    deinit {
        close(descriptor)
        unlink(path)
        rmdir(directory)
    }
}
