/// What IPVS says about itself.
public struct KernelInfo: Hashable, Sendable {
    /// A version of IPVS, such as 1.2.1.
    ///
    /// It hasn't changed since 2003, so it says nothing about features.
    public struct Version: Hashable, Sendable, CustomStringConvertible {
        /// The first number.
        public let major: UInt8
        /// The second number.
        public let minor: UInt8
        /// The third number.
        public let patch: UInt8

        init(code: UInt32) {
            major = UInt8(truncatingIfNeeded: code >> 16)
            minor = UInt8(truncatingIfNeeded: code >> 8)
            patch = UInt8(truncatingIfNeeded: code)
        }

        /// The numbers, separated by dots.
        public var description: String { "\(major).\(minor).\(patch)" }
    }

    /// The version of IPVS.
    public let version: Version

    /// The number of rows of the connection table; a row holds any number of connections.
    public let connectionTableSize: Int
}
