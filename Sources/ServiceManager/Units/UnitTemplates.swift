import FoundationEssentials
package import ServiceModel
package import SystemPackage

/// The unit files of services whose documents name an address, in the folder where the generator finds them at boot.
package actor UnitTemplates {
    private let directory: FilePath
    private let unstarted: FilePath

    /// - Parameters:
    ///   - directory: The folder of the templates.
    ///   - unstarted: The folder that records the services whose manager has not been started since their template was made.
    package init(directory: FilePath, unstarted: FilePath) {
        self.directory = directory
        self.unstarted = unstarted
    }

    /// The result of writing a template.
    package enum Writing: Sendable {
        /// No template existed. The caller starts the manager.
        case made
        /// A different template existed. The caller reloads systemd.
        case changed
        case unchanged
    }

    /// Writes a service's template if it differs.
    ///
    /// - Returns: Whether a template was made or changed.
    /// - Throws: `Errno`; the earlier template is unchanged then.
    package func write(_ service: ServiceID, _ definition: ServiceDefinition) throws(Errno) -> Writing {
        let bytes = [UInt8](Self.text(service, definition).utf8)
        let before = StateFiles.read(file(service))
        guard before != bytes else { return .unchanged }
        // Recorded first: if the daemon is killed between the two writes, the next daemon starts the manager.
        if before == nil { try StateFiles.write([], to: mark(service)) }
        try StateFiles.write(bytes, to: file(service))
        return before == nil ? .made : .changed
    }

    /// Whether a service has a template that was generated from its document.
    package func isMade(_ service: ServiceID) -> Bool { StateFiles.read(file(service)) != nil }

    /// Whether no daemon has started the manager since the template was made.
    ///
    /// A manager that was started may have been stopped by a person since.
    package func isUnstarted(_ service: ServiceID) -> Bool { StateFiles.read(mark(service)) != nil }

    /// Records that the manager was started.
    package func wasStarted(_ service: ServiceID) {
        try? FileManager.default.removeItem(atPath: mark(service).string)
    }

    /// Makes the generator order a template after the daemon, although the generator can't see its text: it is made by another
    /// generator, which runs at the same time.
    ///
    /// - Throws: `Errno` when that can't be written.
    package func order(_ service: ServiceID) throws(Errno) {
        try StateFiles.write([], to: orderMark(service))
    }

    /// Removes a service's template; systemd forgets it at its next reload.
    package func remove(_ service: ServiceID) {
        wasStarted(service)
        try? FileManager.default.removeItem(atPath: file(service).string)
        try? FileManager.default.removeItem(atPath: orderMark(service).string)
    }

    private func mark(_ service: ServiceID) -> FilePath { unstarted.appending("\(service)") }

    private func orderMark(_ service: ServiceID) -> FilePath {
        directory.appending("ordered").appending("\(service)@.service")
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
