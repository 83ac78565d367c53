import Glibc
import HostNetwork

/// A shell script in a network namespace of its own, with `network-check` beside it.
struct Namespace {
    /// What the script's `$PROGRAM` is: it lies beside the test program.
    static let program: String? = {
        guard let tests = realpath("/proc/self/exe", nil) else { return nil }
        defer { free(tests) }
        let folder = String(cString: tests).split(separator: "/").dropLast().joined(separator: "/")
        let path = "/\(folder)/network-check"
        return access(path, X_OK) == 0 ? path : nil
    }()

    /// Whether this machine lets us have one, with bridges and veth pairs.
    static let isOffered: Bool = {
        let script = "ip link add bridge0 type bridge && ip link add veth0 type veth peer name veth1"
        return program != nil && (try? run(script))?.exitStatus == 0
    }()

    /// Whether a variant of iptables works here.
    static func offers(iptables variant: String) -> Bool {
        (try? run("iptables-\(variant) -t nat -A POSTROUTING -p tcp -m conntrack --ctorigdst 10.0.0.1 -j MASQUERADE"))?
            .exitStatus == 0
    }

    /// Runs a script that ends at its first failing command.
    static func run(_ script: String) throws(ProcessError) -> ProcessResult {
        try ProcessRunner().run(
            "unshare",
            ["--net", "bash", "-euc", "PROGRAM=\(program ?? "")\nip link set lo up\n" + script]
        )
    }
}
