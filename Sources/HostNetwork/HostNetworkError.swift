package import Addresses

/// Why the host's network couldn't be read or set up.
package enum HostNetworkError: Error, Hashable, Sendable {
    /// A program couldn't be run, or took too long.
    case process(ProcessError)

    /// A program ended with a failure; `errorOutput` is what it said, cut at 500 characters.
    case refused(program: String, exitStatus: Int32, errorOutput: String)

    /// The rules that were written are not those that were read back.
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
    /// What was found, what was expected, what to do.
    package var description: String {
        switch self {
        case .process(let error): return error.description
        case .refused(let program, let exitStatus, let errorOutput):
            let said = errorOutput.isEmpty ? "it said nothing" : "it said \(errorOutput.debugDescription)"
            return "\(program) exited with \(exitStatus), expected 0; \(said): run `smctl doctor`"
        case .rulesNotKept(let family, let program):
            return "the \(family) rules read back through \(program) differ from those written, expected the same: "
                + "look for another program that rewrites the firewall"
        case .kernel(let error): return error.description
        }
    }
}
