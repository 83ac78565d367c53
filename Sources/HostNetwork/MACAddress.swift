/// An Ethernet hardware address, as in Docker's answer about a container: `02:42:ac:11:00:02`.
package struct MACAddress: Hashable, Sendable {
    /// The six bytes, in the order in which they are sent.
    package let bytes: [UInt8]

    /// Makes an address from its bytes.
    ///
    /// - Parameter bytes: Six bytes; nil for any other count.
    package init?(bytes: some Collection<UInt8>) {
        guard bytes.count == 6 else { return nil }
        self.bytes = Array(bytes)
    }

    /// Parses six hexadecimal numbers, separated by colons; nil for anything else.
    ///
    /// - Parameter text: The address.
    package init?(_ text: some StringProtocol) {
        let parts = text.split(separator: ":", omittingEmptySubsequences: false)
        let bytes = parts.compactMap { part -> UInt8? in
            guard part.utf8.count == 2, part.first != "+", part.first != "-" else { return nil }
            return UInt8(part, radix: 16)
        }
        guard parts.count == bytes.count else { return nil }
        self.init(bytes: bytes)
    }
}

extension MACAddress: CustomStringConvertible {
    /// Lower-case hexadecimal with colons.
    package var description: String {
        bytes.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined(separator: ":")
    }
}
