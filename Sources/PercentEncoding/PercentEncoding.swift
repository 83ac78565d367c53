extension StringProtocol {
    /// The text with every byte percent-encoded except for RFC 3986's unreserved characters (§2.1, §2.3), for use as a host, a
    /// path segment or a query value.
    ///
    /// `.` and `..` are encoded as well, because clients and proxies would remove them from a path.
    package var percentEncoded: String {
        let encodesDots = self == "." || self == ".."
        var encoded = ""
        for byte in utf8 {
            if isUnreserved(byte), !(encodesDots && byte == UInt8(ascii: ".")) {
                encoded.unicodeScalars.append(Unicode.Scalar(byte))
            } else {
                encoded += byte < 16 ? "%0" : "%"
                encoded += String(byte, radix: 16, uppercase: true)
            }
        }
        return encoded
    }

    /// The text with `%XX` decoded; nil if one is malformed, or the result isn't UTF-8.
    package var percentDecoded: String? {
        var decoded: [UInt8] = []
        var bytes = utf8.makeIterator()
        while let byte = bytes.next() {
            guard byte == UInt8(ascii: "%") else {
                decoded.append(byte)
                continue
            }
            guard let high = digit(bytes.next()), let low = digit(bytes.next()) else { return nil }
            decoded.append(high << 4 | low)
        }
        return String(validating: decoded, as: UTF8.self)
    }
}

private func digit(_ byte: UInt8?) -> UInt8? {
    byte.flatMap { Character(Unicode.Scalar($0)).hexDigitValue }.map { UInt8($0) }
}

private func isUnreserved(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
        UInt8(ascii: "0")...UInt8(ascii: "9"):
        true
    default: "-._~".utf8.contains(byte)
    }
}
