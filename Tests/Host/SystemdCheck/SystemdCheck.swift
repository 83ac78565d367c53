import Glibc

/// Proves the module Systemd and `launch` against a real systemd; `Tests/Host/systemd.test` runs it in the test host.
@main
enum SystemdCheck {
    static func main() async {
        do {
            switch CommandLine.arguments.dropFirst().first {
            case "jobs": try await JobsCheck().run()
            case "listen": try await ListenCheck().run()
            case "service": try await ServiceCheck().run()
            case "daemon":
                try DaemonStandIn(container: CommandLine.arguments[2], exitCode: CommandLine.arguments[3]).run()
            default: throw Mismatch("usage: systemd-check jobs | listen | service | daemon CONTAINER EXIT-CODE")
            }
        } catch {
            report("FAILED: \(error)")
            exit(1)
        }
    }
}

/// Something isn't as it has to be.
struct Mismatch: Error, CustomStringConvertible {
    let description: String

    init(_ description: String) {
        self.description = description
    }
}

/// Compares, and prints what holds.
func expect<Value: Equatable>(_ what: String, _ found: Value, _ expected: Value) throws {
    guard found == expected else { throw Mismatch("\(what): found \(found), expected \(expected)") }
    report("ok: \(what)")
}

/// Runs a command line; returns its exit status.
@discardableResult
func command(_ words: String...) -> CInt {
    var arguments = words.map { strdup($0) } + [nil]
    defer { for argument in arguments { free(argument) } }
    var child: pid_t = 0
    guard posix_spawnp(&child, words[0], nil, nil, &arguments, environ) == 0 else { return -1 }
    var status: CInt = 0
    waitpid(child, &status, 0)
    return status >> 8 & 0xff
}

/// Prints a line at once, whatever the output is.
func report(_ text: String) {
    let bytes = Array((text + "\n").utf8)
    _ = write(1, bytes, bytes.count)
}
