import FoundationEssentials
import Glibc
import ServiceManager
import Testing

/// Two daemons would take each other's containers for orphans.
@Suite struct InstanceLockTests {
    private func withFolder(_ body: (String) throws -> Void) rethrows {
        let folder = FileManager.default.temporaryDirectory.appending(path: "lock-\(UInt64.random(in: 0 ... .max))")
            .path
        defer { try? FileManager.default.removeItem(atPath: folder) }
        try body(folder)
    }

    @Test func `a second daemon is refused, and told who was first`() throws {
        try withFolder { folder in
            let first = try InstanceLock(folder: folder)
            defer { first.release() }
            #expect(throws: InstanceLockError.held(folder: folder, process: "\(getpid())")) {
                _ = try InstanceLock(folder: folder)
            }
        }
    }

    @Test func `the next one comes in when the first is gone`() throws {
        try withFolder { folder in
            try InstanceLock(folder: folder).release()
            try InstanceLock(folder: folder).release()
        }
    }

    @Test func `a folder that can't be made is said to be so`() {
        let error = #expect(throws: InstanceLockError.self) { _ = try InstanceLock(folder: "/proc/nowhere") }
        guard case .unusable("/proc/nowhere/lock", _) = error else {
            Issue.record("unexpected \(String(describing: error))")
            return
        }
    }
}
