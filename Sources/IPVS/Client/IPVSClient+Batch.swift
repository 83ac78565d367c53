import Glibc
import Netlink

extension IPVSClient {
    /// How many operations go into one `send`.
    ///
    /// Each takes at most 300 bytes of a send buffer of 208 KB by default (`net.core.wmem_default`). Its refusal takes at most
    /// 1 KB of a receive buffer of at least the same size, so none is lost even if all are refused.
    private static let operationsPerSend = 64

    /// Performs operations in order, many per system call.
    ///
    /// An operation that fails doesn't stop those after it.
    ///
    /// - Parameter operations: The operations.
    /// - Returns: The operations that failed, in order; empty if all succeeded.
    /// - Throws: `IPVSError` when no operation was performed, because IPVS can't be reached.
    public func apply(_ operations: [IPVSOperation]) async throws(IPVSError) -> [IPVSOperationFailure] {
        var failures: [IPVSOperationFailure] = []
        var start = 0
        while start < operations.count {
            let batch = start..<min(start + Self.operationsPerSend, operations.count)
            do {
                failures += try apply(operations, batch)
            } catch {
                guard start > 0 else { throw IPVSError(error) }
                // Nothing of this batch was sent. Earlier batches can't be undone, so the rest is reported as failures, too.
                failures += (start..<operations.count).map {
                    IPVSOperationFailure(index: $0, operation: operations[$0], error: IPVSError(error))
                }
                break
            }
            start = batch.upperBound
        }
        return failures
    }

    private func apply(
        _ operations: [IPVSOperation],
        _ batch: Range<Int>
    ) throws(NetlinkFailure) -> [IPVSOperationFailure] {
        var attempt = try attempt(operations, Array(batch))
        let missing = attempt.filter { $0.isNotFound }.map(\.index)
        // The kernel also answers ENOENT when the module was loaded again, which gives the IPVS family another number.
        if !missing.isEmpty, try reopen() {
            let again = try self.attempt(operations, missing)
            attempt = attempt.filter { !$0.isNotFound } + again
        }
        return attempt.map { failed in
            IPVSOperationFailure(index: failed.index, operation: operations[failed.index], error: failed.error)
        }.sorted { $0.index < $1.index }
    }

    /// An operation that failed, and whether that was for ENOENT.
    private struct Failed {
        var index: Int
        var error: IPVSError
        var isNotFound = false
    }

    private func attempt(_ operations: [IPVSOperation], _ indices: [Int]) throws(NetlinkFailure) -> [Failed] {
        var failed: [Failed] = []
        let outcomes = try converse { conversation throws(NetlinkFailure) in
            try conversation.change(count: indices.count) { position, header, writer in
                do throws(IPVSError) {
                    try writer.operation(operations[indices[position]], header)
                    return true
                } catch {
                    failed.append(Failed(index: indices[position], error: error))
                    return false
                }
            }
        }
        for (index, outcome) in zip(indices, outcomes) {
            switch outcome {
            case .done, .notSent:
                continue
            case .lost:
                failed.append(Failed(index: index, error: .unknownOutcome))
            case .refused(let failure):
                let error = IPVSError(failure, of: operations[index])
                failed.append(Failed(index: index, error: error, isNotFound: failure.code == ENOENT))
            }
        }
        return failed
    }
}
