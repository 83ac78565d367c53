import Glibc

/// Stands in for the daemon's side of `launch`'s line protocol, for one `launch`: lets it copy one container's output, and then exit.
struct DaemonStandIn {
    let container: String
    let exitCode: String

    func run() throws {
        mkdir("/run/service-managerd", 0o755)
        let path = "/run/service-managerd/launch.sock"
        unlink(path)
        let listener = socket(AF_UNIX, CInt(SOCK_STREAM.rawValue), 0)
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: path.utf8) }
        let bound = withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                bind(listener, $0, socklen_t(MemoryLayout<sockaddr_un>.size))
            }
        }
        guard bound == 0, listen(listener, 8) == 0 else { throw Mismatch("can't listen at \(path)") }
        let connection = accept(listener, nil, nil)
        guard let input = fdopen(connection, "r") else { throw Mismatch("no connection") }
        var buffer = [CChar](repeating: 0, count: 4096)
        while fgets(&buffer, 4096, input) != nil {
            let line = String(decoding: buffer.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
            report(line.filter { !$0.isNewline })
            if line.hasPrefix("hello ") { say("status in service\nready\nlogs \(container) -\n", to: connection) }
            if line.hasPrefix("copied ") || line.hasPrefix("stopping") { say("exit \(exitCode)\n", to: connection) }
        }
    }

    private func say(_ text: String, to connection: CInt) {
        let bytes = Array(text.utf8)
        _ = send(connection, bytes, bytes.count, 0)
    }
}
