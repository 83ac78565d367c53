/// Latencies in microseconds, in buckets 1/64 wide of their value: small, however many there are.
struct Histogram {
    private static let width = 64
    private var buckets = [Int](repeating: 0, count: 64 * 40)
    private(set) var count = 0
    /// The longest, exactly; microseconds.
    private(set) var maximum: UInt64 = 0

    mutating func record(microseconds value: UInt64) {
        buckets[min(Self.bucket(of: value), buckets.count - 1)] += 1
        count += 1
        maximum = max(maximum, value)
    }

    /// The value that a share (0…1) of all stay below or at, in microseconds.
    func value(at share: Double) -> UInt64 {
        var wanted = Int((Double(count) * share).rounded(.up))
        for (bucket, held) in buckets.enumerated() where held > 0 {
            wanted -= held
            if wanted <= 0 { return min(Self.upperBound(of: bucket), maximum) }
        }
        return maximum
    }

    private static func bucket(of value: UInt64) -> Int {
        guard value >= width else { return Int(value) }
        let shift = (UInt64.bitWidth - value.leadingZeroBitCount) - 7
        return (shift + 1) * width + Int(value >> UInt64(shift)) - width
    }

    private static func upperBound(of bucket: Int) -> UInt64 {
        guard bucket >= 2 * width else { return UInt64(bucket) }
        let shift = UInt64(bucket / width - 1)
        return (UInt64(bucket % width + width + 1) << shift) - 1
    }
}
