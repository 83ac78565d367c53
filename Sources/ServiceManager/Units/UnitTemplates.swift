import FoundationEssentials
package import ServiceModel
package import SystemPackage

/// The unit texts of services whose documents name an address, where the generator finds them at boot.
package actor UnitTemplates {
    private let directory: FilePath

    package init(directory: FilePath) {
        self.directory = directory
    }

    /// Writes a service's template where it differs.
    ///
    /// - Returns: Whether systemd has to read it anew, and whether there was none before.
    package func write(_ service: ServiceID, _ definition: ServiceDefinition) -> Change {
        let bytes = [UInt8](Self.text(service, definition).utf8)
        let before = StateFiles.read(file(service))
        guard before != bytes, (try? StateFiles.write(bytes, to: file(service))) != nil else { return .none }
        return before == nil ? .made : .changed
    }

    /// What writing a template came to.
    package enum Change: Sendable {
        case none, made, changed
    }

    /// Removes a service's template; systemd forgets it at its next reload.
    package func remove(_ service: ServiceID) {
        try? FileManager.default.removeItem(atPath: file(service).string)
    }

    private func file(_ service: ServiceID) -> FilePath { directory.appending("\(service)@.service") }

    /// The template: both the manager and the revisions are instances of it.
    static func text(_ service: ServiceID, _ definition: ServiceDefinition) -> String {
        let wants = definition.wants.isEmpty ? "" : "\nWants=\(definition.wants.joined(separator: " "))"
        let after = definition.after.isEmpty ? "" : "\nAfter=\(definition.after.joined(separator: " "))"
        return """
            # Made by service-managerd from the document of \(service). A file of yours in /etc/systemd/system wins over it.
            [Unit]
            Description=\(service), %i
            Documentation=file:///usr/share/doc/service-manager/Operations.md
            Wants=service-managerd.service
            After=docker.service service-managerd.service\(wants)\(after)

            [Service]
            Type=notify
            ExecStart=/usr/lib/service-manager/launch %p %i -
            TimeoutSec=infinity
            LogRateLimitIntervalSec=1s
            LogRateLimitBurst=1000000

            """
    }
}
