import BlockingCalls
package import HostNetwork
package import ServiceModel

/// Reads in the journal what containers that are gone have written; `launch` has copied it there.
package struct JournalReader: Sendable {
    private let runner: ProcessRunner

    /// - Parameter runner: Runs `journalctl`.
    package init(runner: ProcessRunner = ProcessRunner()) { self.runner = runner }

    /// The last lines of a revision, oldest first.
    ///
    /// - Parameters:
    ///   - revision: Whose.
    ///   - service: Of which service.
    ///   - tail: How many.
    /// - Returns: None where the journal has nothing of it any more.
    /// - Throws: `Failure` when the journal can't be read.
    package func lines(of revision: Revision, _ service: ServiceID, tail: Int) async throws(Failure) -> [String] {
        let runner = runner
        let arguments = [
            "--quiet", "--no-pager", "--output=cat", "--lines=\(tail)", "CONTAINER_NAME=\(service).\(revision)",
        ]
        let outcome = await BlockingPool.calls.run {
            Result { () throws(ProcessError) in try runner.run("journalctl", arguments) }
        }
        let result: ProcessResult
        do throws(ProcessError) {
            result = try outcome.get()
        } catch {
            throw Failure("the journal can't be read: \(error)", isTransient: error.isTransient)
        }
        // journalctl ends with 1 when it finds no entry.
        let complaint = result.errorOutput.split(separator: "\n").first
        if result.exitStatus != 0, let complaint {
            throw Failure("the journal can't be read: journalctl says: \(complaint.prefix(500))")
        }
        return result.output.split(separator: "\n", omittingEmptySubsequences: false).dropLast().map(String.init)
    }
}
