import Testing

import traffic

@Suite struct HistogramTests {
    @Test func `finds percentiles within two percent`() {
        var histogram = Histogram()
        for value in UInt64(1)...100_000 { histogram.record(microseconds: value) }
        #expect(histogram.count == 100_000)
        #expect(histogram.maximum == 100_000)
        #expect((50_000...51_000).contains(histogram.value(at: 0.5)))
        #expect((99_000...100_000).contains(histogram.value(at: 0.99)))
        #expect(histogram.value(at: 1) == 100_000)
    }

    @Test(arguments: [0, 1, 63, 64, 65, 127, 128, 129, 4095, 4096, 1_000_003, 30_000_000_000, UInt64.max])
    func `gives a single value back exactly`(value: UInt64) {
        var histogram = Histogram()
        histogram.record(microseconds: value)
        #expect(histogram.maximum == value)
        #expect(histogram.value(at: 0.5) == value)
    }

    @Test func `of nothing is zero`() {
        #expect(Histogram().value(at: 0.99) == 0)
    }
}
