/// What the probes of an instance have concluded.
package enum ProbeVerdict: Hashable, Sendable {
    /// `rise` probes in a row succeeded.
    case passing
    /// `fall` probes in a row failed; the text is the last one's evidence.
    case failing(String)
}
