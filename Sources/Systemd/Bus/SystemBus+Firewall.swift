extension SystemBus {
    private static let firewalld = "org.fedoraproject.FirewallD1"

    /// The zone of firewalld that an interface is in (firewalld.dbus(5)).
    ///
    /// Ask only while firewalld runs: the bus may start it otherwise.
    ///
    /// - Parameter interface: The interface's name.
    /// - Returns: The zone; nil for an interface in no zone, which is treated like one in the default zone.
    /// - Throws: `SystemdError`.
    package func firewallZone(of interface: String) async throws(SystemdError) -> String? {
        try zone(of: interface, "\(Self.firewalld).zone", path: "/org/fedoraproject/FirewallD1")
    }

    /// The zone of an interface in firewalld's permanent configuration, which survives a reload (firewalld.dbus(5)).
    ///
    /// - Parameter interface: The interface's name.
    /// - Returns: The zone; nil for an interface that the configuration doesn't name.
    /// - Throws: `SystemdError`.
    package func permanentFirewallZone(of interface: String) async throws(SystemdError) -> String? {
        try zone(of: interface, "\(Self.firewalld).config", path: "/org/fedoraproject/FirewallD1/config")
    }

    private func zone(of interface: String, _ area: String, path: String) throws(SystemdError) -> String? {
        let operation = "getZoneOfInterface \(interface)"
        let reply = try call(
            area,
            "getZoneOfInterface",
            path: path,
            of: Self.firewalld,
            operation: operation
        ) { message throws(BusFormatError) in
            try message.append(interface)
        }
        processLater()
        guard let zone = try? reply.string() else { throw .malformed(operation: operation) }
        return zone.isEmpty ? nil : zone
    }
}
