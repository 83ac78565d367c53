package import Addresses

/// Something that keeps a client from reaching a service address.
package struct HostNetworkFinding: Hashable, Sendable {
    /// The subject of a finding.
    package enum Subject: Hashable, Sendable {
        /// A program that isn't installed.
        case program(String)
        /// Our netfilter rules.
        case rules(IPAddress.Family)
        /// A kernel setting, by its sysctl name.
        case setting(String)
        /// A kernel module.
        case module(String)
        /// The IP address of a service address.
        case address(IPAddress)
        /// The bridge of real servers, by its interface.
        case bridge(String)
        /// A real server's port, by its container.
        case port(container: String)
    }

    /// The severity of a finding.
    package enum Severity: Hashable, Sendable {
        /// Some clients don't get through, or only sometimes.
        case degraded
        /// No request gets through.
        case broken
    }

    /// The subject.
    package var subject: Subject
    /// The severity.
    package var severity: Severity
    /// What was found.
    package var found: String
    /// What was expected.
    package var expected: String
    /// What to do next.
    package var nextStep: String

    /// Makes a finding.
    ///
    /// - Parameters:
    ///   - subject: The subject.
    ///   - severity: The severity.
    ///   - found: What was found.
    ///   - expected: What was expected.
    ///   - nextStep: What to do next.
    package init(_ subject: Subject, _ severity: Severity, found: String, expected: String, nextStep: String) {
        self.subject = subject
        self.severity = severity
        self.found = found
        self.expected = expected
        self.nextStep = nextStep
    }

    /// Whether a service is affected by this.
    ///
    /// - Parameters:
    ///   - addresses: The service's addresses.
    ///   - containers: The service's containers, named as in the plan's ports.
    /// - Returns: Whether it may keep clients from that service.
    package func concerns(addresses: Set<ServiceAddress>, containers: Set<String>) -> Bool {
        switch subject {
        case .program, .setting, .module, .bridge: true
        case .rules(let family): addresses.contains { $0.endpoint.address.family == family }
        case .address(let address): addresses.contains { $0.endpoint.address == address }
        case .port(let container): containers.contains(container)
        }
    }
}

extension HostNetworkFinding: CustomStringConvertible {
    /// One sentence: what was found, what was expected and what to do next.
    package var description: String { "\(found); expected \(expected): \(nextStep)" }
}
