/// The part of `GET /info` that is useful to an operator.
///
/// Values that the engine leaves out are nil or false.
package struct EngineInfo: Sendable, Equatable {
    /// The engine's version: `20.10.24`.
    package var serverVersion: String?
    /// Whether containers run on while the engine restarts (`--live-restore`).
    package var hasLiveRestore: Bool
    /// `iptables`, `nftables` or another; engines before API 1.49 don't say.
    package var firewallBackend: String?
    /// Whether it runs without root, in a network namespace of its own.
    package var isRootless: Bool
}

extension EngineInfo: Decodable {
    package init(from decoder: any Decoder) throws {
        let root = LenientObject(try decoder.container(keyedBy: AnyKey.self))
        serverVersion = root.text("ServerVersion")
        hasLiveRestore = root.value("LiveRestoreEnabled") ?? false
        firewallBackend = root.object("FirewallBackend")?.text("Driver")
        isRootless = (root.value("SecurityOptions") ?? [String]()).contains { $0.contains("rootless") }
    }
}
