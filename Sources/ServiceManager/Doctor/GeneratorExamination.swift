package import ServiceModel

/// Whether systemd runs our generator, which gives it the services' units at boot.
///
/// Of several generators with the same name, systemd runs the one in the first folder (systemd.generator(7)).
package struct GeneratorExamination: Sendable {
    private static let name = "service-managerd-generator"
    private static let folder = "/usr/lib/systemd/system-generators"
    private static let earlierFolders = [
        "/run/systemd/system-generators", "/etc/systemd/system-generators", "/usr/local/lib/systemd/system-generators",
    ]
    private static let predecessorsName = "service-manager-generator"

    /// One check, or none on a host without units.
    package let checks: [HostCheck]

    /// - Parameter exists: Whether there is a file at a path.
    package init(exists: (String) -> Bool) {
        let subject = "generator"
        let ours = "\(Self.folder)/\(Self.name)"
        if let shadow = Self.earlierFolders.map({ "\($0)/\(Self.name)" }).first(where: exists) {
            checks = [
                HostCheck(
                    subject,
                    .warning,
                    "\(shadow) runs instead of \(ours): after a boot systemd doesn't know the services' units",
                    expected: "no generator of that name in \(Self.earlierFolders.joined(separator: ", "))",
                    next: "mv \(shadow) \(shadow).off && systemctl daemon-reload"
                )
            ]
        } else if !exists(ours) {
            checks = [
                HostCheck(
                    subject,
                    .warning,
                    "\(ours) is missing: after a boot systemd doesn't know the services' units",
                    expected: "the file of the package",
                    next: "install the package again"
                )
            ]
        } else {
            let folders = Self.earlierFolders + [Self.folder]
            let predecessors = folders.map { "\($0)/\(Self.predecessorsName)" }.first(where: exists)
            let also = predecessors.map { "; the predecessor's, \($0), runs beside it" } ?? ""
            checks = [HostCheck(subject, .ok, "\(ours) gives systemd the units at boot\(also)")]
        }
    }
}
