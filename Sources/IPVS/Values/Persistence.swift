/// How clients stick to a destination (`ipvsadm --persistent`).
public struct Persistence: Hashable, Sendable {
    /// How long after its last connection a client is remembered, in whole seconds; parts of a second are rounded up.
    public var timeout: Duration

    /// How many leading bits of the client's address count, 1…32 or 1…128: all of them if nil.
    ///
    /// A netmask of the kernel's that is no prefix (only IPv4 can have one) is read as the length of its leading ones.
    public var prefixLength: Int?

    /// What tells clients apart in place of their address, such as `sip`: a kernel module `ip_vs_pe_<name>`.
    public var engine: String?

    /// Describes persistence.
    ///
    /// - Parameters:
    ///   - timeout: How long a client is remembered; `ipvsadm` takes 300 s if told nothing.
    ///   - prefixLength: How many leading bits of the client's address count; all of them if nil.
    ///   - engine: What tells clients apart in place of their address; none if nil.
    public init(timeout: Duration = .seconds(300), prefixLength: Int? = nil, engine: String? = nil) {
        self.timeout = timeout
        self.prefixLength = prefixLength
        self.engine = engine
    }
}
