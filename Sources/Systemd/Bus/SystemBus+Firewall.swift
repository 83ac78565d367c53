extension SystemBus {
    private static let firewalld = "org.fedoraproject.FirewallD1"

    /// The zone of firewalld's that an interface is in (firewalld.dbus(5)).
    ///
    /// Ask only while firewalld runs: the bus may start it otherwise.
    ///
    /// - Parameter interface: The interface's name.
    /// - Returns: The zone; nil for an interface that is in none, which is treated as if it were in the default zone.
    /// - Throws: `SystemdError`.
    package func firewallZone(of interface: String) async throws(SystemdError) -> String? {
        let operation = "getZoneOfInterface \(interface)"
        let reply = try call(
            "\(Self.firewalld).zone",
            "getZoneOfInterface",
            path: "/org/fedoraproject/FirewallD1",
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
