import BlockingCalls
import Dispatch
import Foundation
import Synchronization
import TestSupport
import Testing

#if canImport(Glibc)
import Glibc
#endif

/// Calls that block, beside everything else.
@Suite(.timeLimit(.minutes(1))) struct BlockingPoolTests {
    @Test func `calls that block for ever take no more threads than there may be, and nothing else waits for them`()
        async
    {
        let pool = BlockingPool(label: "test", threads: 3)
        let gate = DispatchSemaphore(value: 0)
        let running = Counter()
        await withTaskGroup { group in
            for _ in 0..<8 {
                group.addTask {
                    await pool.run {
                        running.add()
                        hang(at: gate)
                    }
                }
            }
            while running.value < 3 { await Task.yield() }
            // Swift's own pool has a thread for this, though eight calls block.
            let sum = await withTaskGroup(of: Int.self) { work in
                for number in 0..<100 { work.addTask { number } }
                return await work.reduce(0, +)
            }
            #expect(sum == 4950)
            let count = running.value
            #expect(count == 3)
            for _ in 0..<8 { gate.signal() }
        }
        let all = running.value
        #expect(all == 8)
    }

    @Test func `a call that never returns is given up, and those behind it too`() async {
        let pool = BlockingPool(label: "test", threads: 1)
        let gate = DispatchSemaphore(value: 0)
        let first: Int? = await pool.run(within: .milliseconds(20)) {
            hang(at: gate)
            return 1
        }
        #expect(first == nil)
        let isRun = Counter()
        let second: Int? = await pool.run(within: .milliseconds(20)) {
            isRun.add()
            return 2
        }
        #expect(second == nil)
        gate.signal()
        #expect(await pool.run { 7 } == 7)
        #expect(isRun.value == 0)
    }

    @Test func `tasks that prefer it, and their children, run on its threads`() async {
        let pool = BlockingPool(label: "test", threads: 2)
        let gate = DispatchSemaphore(value: 0)
        await withDiscardingTaskGroup { group in
            group.addTask(executorPreference: pool) {
                await withDiscardingTaskGroup { children in
                    for _ in 0..<600 { children.addTask { hang(at: gate) } }
                }
            }
            for _ in 0..<600 { gate.signal() }
        }
    }
}

/// Waits at a gate that may never open: long enough to be seen to hang, not long enough to hang the tests.
private func hang(at gate: DispatchSemaphore) { _ = gate.wait(timeout: .now() + 20) }

private final class Counter: Sendable {
    private let count = Mutex(0)

    var value: Int { count.withLock { $0 } }

    func add() { count.withLock { $0 += 1 } }
}

/// Files whose path somebody else has chosen.
@Suite(.timeLimit(.minutes(1))) struct RegularFileTests {
    private func withFolder(_ body: (String) throws -> Void) throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: "files-\(UUID())").path
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(atPath: folder) }
        try body(folder)
    }

    @Test func `a regular file is read, through links too`() throws {
        try withFolder { folder in
            let content = Data((0..<200_000).map { UInt8(truncatingIfNeeded: $0) })
            try content.write(to: URL(filePath: folder + "/file"))
            try FileManager.default.createSymbolicLink(atPath: folder + "/link", withDestinationPath: "file")
            #expect(try RegularFile.read(folder + "/link", atMost: 200_000) == Array(content))
            #expect(throws: RegularFileError.tooLarge(limit: 199_999)) {
                try RegularFile.read(folder + "/file", atMost: 199_999)
            }
        }
    }

    @Test func `a pipe, a device and a folder are refused at once`() throws {
        try withFolder { folder in
            try #require(mkfifo(folder + "/pipe", 0o600) == 0)
            let pipe = unlessItHangs {
                Result { () throws(RegularFileError) in try RegularFile.read(folder + "/pipe", atMost: 9) }
            } release: {
                close(open(folder + "/pipe", O_WRONLY | O_NONBLOCK))
            }
            #expect(throws: RegularFileError.notRegular(kind: "a pipe")) {
                try #require(pipe, "it waits for who writes").get()
            }
            #expect(throws: RegularFileError.notRegular(kind: "a folder")) { try RegularFile.read(folder, atMost: 9) }
            #expect(throws: RegularFileError.notRegular(kind: "a device")) {
                try RegularFile.read("/dev/zero", atMost: 9)
            }
            #expect(throws: RegularFileError.failed(errno: ENOENT)) {
                try RegularFile.read(folder + "/none", atMost: 9)
            }
        }
    }
}
