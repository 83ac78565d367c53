package import Docker
package import ServiceModel

/// What the engine says about itself, or why it doesn't answer, as checks.
package struct EngineExamination: Sendable {
    /// The checks; what keeps containers from being served comes first.
    package let checks: [HostCheck]

    /// - Parameters:
    ///   - info: What the engine says.
    ///   - api: The version of its API that was negotiated.
    package init(_ info: EngineInfo, api: String) {
        let subject = "docker"
        let restart = info.hasLiveRestore ? "" : "; live-restore is off, so its restart ends its containers"
        let version = info.serverVersion ?? "of an unknown version"
        var checks: [HostCheck] = []
        if info.isRootless {
            checks.append(
                HostCheck(
                    subject,
                    .broken,
                    "Docker \(version) runs rootless: its containers are in a network namespace of their own, "
                        + "where the kernel's table of this host doesn't reach them",
                    expected: "an engine that runs as root",
                    next: "systemctl enable --now docker.service, and set docker_socket in "
                        + "/etc/service-managerd/config.json to its socket"
                )
            )
        }
        if info.firewallBackend?.hasPrefix("nftables") == true {
            checks.append(
                HostCheck(
                    subject,
                    .warning,
                    "Docker \(version) writes its rules through nftables, where another program's rule can't accept what "
                        + "it drops: clients on another Docker network than the servers' don't get an answer",
                    expected: "its iptables backend",
                    next:
                        "set \"firewall-backend\": \"iptables\" in /etc/docker/daemon.json, and systemctl restart docker"
                )
            )
        }
        if checks.isEmpty { checks.append(HostCheck(subject, .ok, "Docker \(version) with API \(api)\(restart)")) }
        self.checks = checks
    }

    /// - Parameter error: Why the engine didn't answer.
    package init(_ error: DockerError) {
        let expected: String
        let next: String
        var found = "\(error)"
        switch error {
        case .otherEngine(let engine, let socket):
            found = "\(engine) answers on \(socket)"
            expected = "Docker Engine 19.03 or later: the API of \(engine) leaves out what services rely on"
            next =
                "apt install docker.io, set docker_socket in /etc/service-managerd/config.json to /run/docker.sock, "
                + "and systemctl restart service-managerd"
        case .unreachable, .timedOut, .api, .undecodable, .stream, .unsupportedVersion, .stopped, .cancelled:
            expected = "an engine that answers"
            next = "systemctl status docker"
        }
        if found.hasSuffix(".") { found.removeLast() }
        checks = [HostCheck("docker", .broken, found, expected: expected, next: next)]
    }
}
