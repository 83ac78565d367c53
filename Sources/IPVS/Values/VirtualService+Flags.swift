extension VirtualService {
    /// What a virtual service does besides its scheduling (`IP_VS_SVC_F_*` of `<linux/ip_vs.h>`).
    ///
    /// Persistence has its own type, and "hashed" is internal to the kernel. Neither is included.
    public struct Flags: OptionSet, Hashable, Sendable {
        /// The kernel's bits.
        public let rawValue: UInt32

        /// Makes flags from the kernel's bits.
        ///
        /// - Parameter rawValue: The bits.
        public init(rawValue: UInt32) { self.rawValue = rawValue }

        /// Every packet is scheduled separately (UDP only).
        public static let onePacket = Flags(rawValue: 0x04)
        /// The scheduler's first flag.
        public static let scheduler1 = Flags(rawValue: 0x08)
        /// The scheduler's second flag.
        public static let scheduler2 = Flags(rawValue: 0x10)
        /// The scheduler's third flag.
        public static let scheduler3 = Flags(rawValue: 0x20)

        /// With `sh`: another destination when the chosen one is unavailable.
        public static let sourceHashingFallback = scheduler1
        /// With `sh`: the source port is hashed, too.
        public static let sourceHashingPort = scheduler2
        /// With `mh`: another destination when the chosen one is unavailable.
        public static let maglevHashingFallback = scheduler1
        /// With `mh`: the source port is hashed, too.
        public static let maglevHashingPort = scheduler2

        static let all: Flags = [.onePacket, .scheduler1, .scheduler2, .scheduler3]
    }
}
