package import IPVS
package import Logging

/// Keeps IPVS's timeouts as configured: the kernel forgets them when its module is loaded again.
package struct IPVSTimeoutsKeeper<Time: Clock>: Sendable where Time.Duration == Duration {
    private let wanted: IPVSTimeouts
    private let client: IPVSClient
    private let clock: Time
    private let logger: Logger

    package init(_ wanted: IPVSTimeouts, client: IPVSClient, clock: Time, logger: Logger) {
        self.wanted = wanted
        self.client = client
        self.clock = clock
        self.logger = logger
    }

    /// Checks every 30 s, until it is cancelled.
    package func run() async {
        var isTold = false
        while !Task.isCancelled {
            do throws(IPVSError) {
                let current = try await client.timeouts()
                if let wanted = wanted.change(from: current) {
                    try await client.setTimeouts(wanted)
                    logger.notice("IPVS's timeouts changed from \(current.text) to \(wanted.text)")
                }
                isTold = false
            } catch {
                if !isTold {
                    logger.warning("IPVS's timeouts can't be set (ipvs_timeouts); the attempt is repeated: \(error)")
                }
                isTold = true
            }
            try? await clock.sleep(for: .seconds(30))
        }
    }
}
