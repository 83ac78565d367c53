import Glibc
import Logging
import Systemd
import TestSupport
import Testing

/// A log whose reader hangs.
@Suite(.timeLimit(.minutes(1))) struct LogWriterTests {
    /// What there is in a pipe; nothing when nothing comes in time.
    private func read(_ reading: CInt, within milliseconds: CInt = 20_000) -> [UInt8] {
        var entry = pollfd(fd: reading, events: Int16(POLLIN), revents: 0)
        guard poll(&entry, 1, milliseconds) == 1 else { return [] }
        var buffer = [UInt8](repeating: 0, count: 1 << 16)
        return Array(buffer[..<max(0, Glibc.read(reading, &buffer, buffer.count))])
    }

    @Test func `a full pipe makes nobody wait, and what is missing is told`() throws {
        var ends: [CInt] = [-1, -1]
        try #require(pipe(&ends) == 0)
        let (reading, writing) = (ends[0], ends[1])
        defer {
            close(reading)
            close(writing)
        }
        let writer = LogWriter(descriptor: writing, limit: 256 << 10)
        let logger = Logger(label: "test") { JournalLogHandler(label: $0, isJournal: false, writer: writer) }
        // Far more than the pipe (64 KiB) and the writer (256 KiB) hold, while nobody reads.
        let count = 10_000
        let isLogged: Void? = unlessItHangs {
            for number in 0..<count { logger.info("line \(number) \(String(repeating: "x", count: 90))") }
        } release: {
            while !read(reading, within: 1000).isEmpty {}
        }
        try #require(isLogged != nil, "who logs waits for who reads")

        var text: [UInt8] = []
        while !String(decoding: text, as: UTF8.self).contains("are missing here") {
            let found = read(reading)
            try #require(!found.isEmpty)
            text += found
        }
        let lines = String(decoding: text, as: UTF8.self).split(separator: "\n")
        let numbers = lines.compactMap { $0.split(separator: " ").dropFirst(2).first.flatMap { Int($0) } }
        #expect(numbers.first == 0)
        #expect(numbers == numbers.sorted())
        let notice = try #require(lines.first { $0.contains("are missing here") })
        let lost = try #require(notice.split(separator: " ").compactMap { Int($0) }.first)
        #expect(lost > 0)
        #expect(numbers.count + lost == count)

        logger.info("afterwards")
        writer.flush(within: .seconds(20))
        #expect(String(decoding: read(reading), as: UTF8.self) == "info: afterwards\n")
    }
}
