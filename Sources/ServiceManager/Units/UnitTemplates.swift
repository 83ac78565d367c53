import FoundationEssentials
package import ServiceModel
package import SystemPackage

/// The unit texts of services whose documents name an address, where the generator finds them at boot.
package actor UnitTemplates {
    private let directory: FilePath
    private let unstarted: FilePath

    /// - Parameters:
    ///   - directory: Of the templates.
    ///   - unstarted: Remembers the services whose manager has not been started since their template was made.
    package init(directory: FilePath, unstarted: FilePath) {
        self.directory = directory
        self.unstarted = unstarted
    }

    /// The result of writing a template.
    package enum Writing: Sendable {
        /// No template existed. The caller starts the manager.
        case made
        /// Another template existed. The caller reloads systemd.
        case changed
        case unchanged
    }

    /// Writes a service's template where it differs.
    ///
    /// - Returns: Whether a template was made or changed.
    /// - Throws: `Errno`; what was there before is there still.
    package func write(_ service: ServiceID, _ definition: ServiceDefinition) throws(Errno) -> Writing {
        let bytes = [UInt8](Self.text(service, definition).utf8)
        let before = StateFiles.read(file(service))
        guard before != bytes else { return .unchanged }
        // Remembered first: a daemon that is killed between the two has its successor start the manager.
        if before == nil { try StateFiles.write([], to: mark(service)) }
        try StateFiles.write(bytes, to: file(service))
        return before == nil ? .made : .changed
    }

    /// Whether a service has a template that was made of its document.
    package func isMade(_ service: ServiceID) -> Bool { StateFiles.read(file(service)) != nil }

    /// Whether the manager was never started since the template was made, by this daemon or another.
    ///
    /// One that was may have been stopped by a person since.
    package func isUnstarted(_ service: ServiceID) -> Bool { StateFiles.read(mark(service)) != nil }

    /// The manager was started.
    package func wasStarted(_ service: ServiceID) {
        try? FileManager.default.removeItem(atPath: mark(service).string)
    }

    /// Has the generator order a template after the daemon whose text it can't see: that of another generator, which runs at the
    /// same time.
    ///
    /// - Throws: `Errno`.
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
