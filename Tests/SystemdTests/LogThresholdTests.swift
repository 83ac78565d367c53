import Logging
import Systemd
import Testing

/// How much is logged, which changes while the daemon runs.
@Suite struct LogThresholdTests {
    @Test func `a level is switched to debug and back for all loggers at once`() {
        let threshold = LogThreshold(.notice)
        let loggers = ["one", "two"].map { Logger(label: $0) { JournalLogHandler(label: $0, threshold: threshold) } }
        #expect(loggers.map(\.logLevel) == [.notice, .notice])
        #expect(threshold.toggle() == .debug)
        #expect(loggers.map(\.logLevel) == [.debug, .debug])
        #expect(threshold.toggle() == .notice)
        #expect(loggers.map(\.logLevel) == [.notice, .notice])
    }

    @Test func `a daemon that is configured to debug can be silenced`() {
        let threshold = LogThreshold(.debug)
        #expect(threshold.toggle() == .info)
        #expect(threshold.toggle() == .debug)
    }

    @Test func `a logger with a level of its own keeps it`() {
        let threshold = LogThreshold()
        var logger = Logger(label: "own") { JournalLogHandler(label: $0, threshold: threshold) }
        logger.logLevel = .error
        _ = threshold.toggle()
        #expect(logger.logLevel == .error)
    }
}
