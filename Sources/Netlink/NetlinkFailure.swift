/// Why an exchange over netlink failed.
package enum NetlinkFailure: Error, Hashable {
    /// The kernel knows no family of that name.
    case familyMissing
    /// The kernel refused, with a (positive) errno and perhaps a sentence (`NLMSGERR_ATTR_MSG`).
    case refused(code: Int32, message: String?)
    /// Every attempt of a dump was interrupted by changes.
    case interrupted(attempts: Int)
    /// No answer came in time, or it was lost.
    case noReply
    /// Invalid bytes.
    case malformed(String)
    /// A system call failed.
    case system(call: String, code: Int32)

    /// The errno with which the kernel refused; nil if it didn't.
    package var code: Int32? {
        guard case .refused(let code, _) = self else { return nil }
        return code
    }
}
