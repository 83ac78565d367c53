/// What `GET /info` says of the engine and its host, as far as it's of use to an operator.
///
/// What the engine leaves out is nil or false here.
package struct EngineInfo: Sendable, Equatable {
    /// The engine's version: `20.10.24`.
    package var serverVersion: String?
    /// The host's kernel: `6.1.0-18-amd64`.
    package var kernelVersion: String?
    /// The host's distribution, in prose.
    package var operatingSystem: String?
    /// Whether containers run on while the engine restarts (`--live-restore`).
    package var hasLiveRestore: Bool
    /// What keeps the images' layers: `overlay2`.
    package var storageDriver: String?
    /// What keeps the containers' output, where they don't say: `json-file`.
    package var loggingDriver: String?
    /// `1` or `2`.
    package var cgroupVersion: String?
    /// `iptables`, `nftables` or another; engines before API 1.49 don't say.
    package var firewallBackend: String?
    /// Whether bridged packets pass iptables; engines from API 1.50 on don't say.
    package var bridgeUsesIPTables: Bool?
    /// Whether it runs without root, in a network namespace of its own.
    package var isRootless: Bool
    /// What the engine itself complains of.
    package var warnings: [String]
}

extension EngineInfo: Decodable {
    package init(from decoder: any Decoder) throws {
        let root = LenientObject(try decoder.container(keyedBy: AnyKey.self))
        serverVersion = root.text("ServerVersion")
        kernelVersion = root.text("KernelVersion")
        operatingSystem = root.text("OperatingSystem")
        hasLiveRestore = root.value("LiveRestoreEnabled") ?? false
        storageDriver = root.text("Driver")
        loggingDriver = root.text("LoggingDriver")
        cgroupVersion = root.text("CgroupVersion")
        firewallBackend = root.object("FirewallBackend")?.text("Driver")
        bridgeUsesIPTables = root.value("BridgeNfIptables")
        isRootless = (root.value("SecurityOptions") ?? [String]()).contains { $0.contains("rootless") }
        warnings = root.value("Warnings") ?? []
    }
}
