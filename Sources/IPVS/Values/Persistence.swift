/// How clients stay with a destination (`ipvsadm --persistent`).
public struct Persistence: Hashable, Sendable {
    /// How long a client is remembered after its last connection, in whole seconds; fractions are rounded up.
    public var timeout: Duration

    /// How many leading bits of the client's address count, 1…32 or 1…128; all of them if nil.
    ///
    /// A netmask in the kernel that isn't a prefix (possible with IPv4 only) is read as the number of its leading ones.
    public var prefixLength: Int?

    /// What distinguishes clients instead of their address, such as `sip`: a kernel module `ip_vs_pe_<name>`.
    public var engine: String?

    /// Describes persistence.
    ///
    /// - Parameters:
    ///   - timeout: How long a client is remembered; the default is that of `ipvsadm`, 300 s.
    ///   - prefixLength: How many leading bits of the client's address count; all of them if nil.
    ///   - engine: What distinguishes clients instead of their address; none if nil.
    public init(timeout: Duration = .seconds(300), prefixLength: Int? = nil, engine: String? = nil) {
        self.timeout = timeout
        self.prefixLength = prefixLength
        self.engine = engine
    }
}
