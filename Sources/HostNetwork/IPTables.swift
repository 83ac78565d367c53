import Addresses

/// The `iptables` programs of this host, in the variant that its Docker uses.
///
/// A host may have two sets of rules, in the legacy tables and in nf_tables. Docker's rules are in one of them.
struct IPTables: Sendable {
    /// A set of programs: `iptables-save` and so on, `iptables-nft-save`, `iptables-legacy-save`.
    enum Variant: String, Sendable, CaseIterable {
        /// The system's plain `iptables`.
        case system = ""
        /// The programs for nf_tables.
        case nftables = "-nft"
        /// The programs for the older kernel interface.
        case legacy = "-legacy"
    }

    let family: IPAddress.Family
    private let runner: ProcessRunner
    /// The variant in use, once Docker's rules were found in it.
    private var variant: Variant?

    init(_ family: IPAddress.Family, runner: ProcessRunner) {
        self.family = family
        self.runner = runner
    }

    /// The program's name without its variant, for messages.
    var program: String {
        switch family {
        case .ipv4: "iptables"
        case .ipv6: "ip6tables"
        }
    }

    /// Whether the programs are installed at all.
    var isInstalled: Bool {
        Variant.allCases.contains {
            runner.path(of: name("save", $0)) != nil && runner.path(of: name("restore", $0)) != nil
        }
    }

    /// Whether both variants have rules, not counting the chains' policies.
    var hasRulesInBothVariants: Bool {
        [Variant.nftables, .legacy].allSatisfy { variant in
            guard runner.path(of: name("save", variant)) != nil, let rules = try? save(variant) else { return false }
            return rules.tables.values.contains { $0.values.contains { !$0.isEmpty } }
        }
    }

    /// Reads all rules, and finds out which variant Docker uses.
    mutating func read() throws(HostNetworkError) -> (rules: NetfilterRuleset, restore: String) {
        if let variant {
            let rules = try save(variant)
            if rules.isDockers { return (rules, name("restore", variant)) }
            self.variant = nil
        }
        var first: (NetfilterRuleset, String)?
        var failure: HostNetworkError?
        for variant in Variant.allCases where runner.path(of: name("save", variant)) != nil {
            do throws(HostNetworkError) {
                let rules = try save(variant)
                if rules.isDockers {
                    self.variant = variant
                    return (rules, name("restore", variant))
                }
                first = first ?? (rules, name("restore", variant))
            } catch {
                // A kernel may lack one of the two interfaces.
                failure = failure ?? error
            }
        }
        if let first { return first }
        throw failure ?? .process(.notFound(program: name("save", .system), folders: runner.folders))
    }

    /// Applies an update, each of its tables atomically.
    func write(_ update: NetfilterUpdate, through restore: String) throws(HostNetworkError) {
        // In the legacy variant, the lock is shared with Docker and all other programs that change rules.
        _ = try run(restore, ["--noflush", "--wait", "10"], input: update.script)
    }

    private func save(_ variant: Variant) throws(HostNetworkError) -> NetfilterRuleset {
        NetfilterRuleset(try run(name("save", variant), []))
    }

    private func name(_ verb: String, _ variant: Variant) -> String { "\(program)\(variant.rawValue)-\(verb)" }

    private func run(_ program: String, _ arguments: [String], input: String = "") throws(HostNetworkError) -> String {
        let result: ProcessResult
        do throws(ProcessError) {
            result = try runner.run(program, arguments, input: input)
        } catch {
            throw .process(error)
        }
        guard result.exitStatus == 0 else {
            let errorOutput = String(result.errorOutput.prefix(500))
            throw .refused(program: program, exitStatus: result.exitStatus, errorOutput: errorOutput)
        }
        return result.output
    }
}
