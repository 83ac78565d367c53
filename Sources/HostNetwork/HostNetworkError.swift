package import Addresses

/// Why the host's network couldn't be read or set up.
package enum HostNetworkError: Error, Hashable, Sendable {
    /// A program couldn't be run, or took too long.
    case process(ProcessError)

    /// A program failed; `errorOutput` is its standard error, cut at 500 characters.
    case refused(program: String, exitStatus: Int32, errorOutput: String)

    /// The rules that were read back differ from those that were written.
    case rulesNotKept(IPAddress.Family, program: String)

    /// A request to the kernel's routing socket failed.
    case kernel(RouteError)

    /// Whether trying again later may help.
    package var isTransient: Bool {
        switch self {
        case .process(let error): error.isTransient
        // 4 is iptables' "resource problem", above all a lock that another program holds for too long.
        case .refused(_, let exitStatus, _): exitStatus == 4
        case .rulesNotKept: true
        case .kernel(let error): error.isTransient
        }
    }
}

extension HostNetworkError: CustomStringConvertible {
    /// What was found, what was expected and what to do next.
    package var description: String {
        switch self {
        case .process(let error): return error.description
        case .refused(let program, let exitStatus, let errorOutput):
            let said = errorOutput.isEmpty ? "without a message" : "with the message \(errorOutput.debugDescription)"
            return "\(program) exited with \(exitStatus) \(said), expected 0: run `smctl doctor`"
        case .rulesNotKept(let family, let program):
            return "the \(family) rules read back through \(program) differ from those written, expected the same: "
                + "look for another program that rewrites the firewall"
        case .kernel(let error): return error.description
        }
    }
}
