package import Addresses

/// A change that was written.
package enum HostNetworkChange: Hashable, Sendable {
    /// A kernel setting got a new value.
    case setting(name: String, from: String, to: String)

    /// A kernel module was loaded.
    case module(String)

    /// Rules of these netfilter tables were added, replaced, or moved to their place.
    case rules(IPAddress.Family, tables: [String])

    /// All of our rules and chains were removed.
    case rulesRemoved(IPAddress.Family, tables: [String])

    /// A container's bridge port was put into hairpin mode.
    case hairpin(interface: String, container: String)
}

extension HostNetworkChange: CustomStringConvertible {
    /// A line for the journal.
    package var description: String {
        switch self {
        case .setting(let name, let from, let to): "\(name) set from \(from) to \(to)"
        case .module(let name): "kernel module \(name) loaded"
        case .rules(let family, let tables): "\(family) rules written: \(tables.joined(separator: ", "))"
        case .rulesRemoved(let family, let tables): "\(family) rules removed: \(tables.joined(separator: ", "))"
        case .hairpin(let interface, let container): "hairpin mode on for \(interface), the port of \(container)"
        }
    }
}
