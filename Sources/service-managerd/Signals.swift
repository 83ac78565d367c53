import Dispatch
import FoundationEssentials
import Logging
import Systemd

#if canImport(Glibc)
import Glibc
#endif

/// The signals that ask the daemon to end.
enum TerminationSignals {
    /// Returns at SIGTERM or SIGINT.
    static func wait() async {
        let (signals, signal) = AsyncStream.makeStream(of: Void.self)
        let sources = [SIGTERM, SIGINT].map { number in
            Glibc.signal(number, SIG_IGN)
            let source = DispatchSource.makeSignalSource(signal: number)
            source.setEventHandler { signal.yield() }
            source.resume()
            return source
        }
        for await _ in signals { break }
        for source in sources { source.cancel() }
    }
}

/// The signal that switches debug logging on and off.
enum LogLevelSignal {
    /// Keeps SIGUSR1 from ending the process.
    static func take() { Glibc.signal(SIGUSR1, SIG_IGN) }

    /// Switches the level at each SIGUSR1, until it is cancelled.
    static func follow(_ threshold: LogThreshold, _ logger: Logger) async {
        let (signals, signal) = AsyncStream.makeStream(of: Void.self)
        let source = DispatchSource.makeSignalSource(signal: SIGUSR1)
        source.setEventHandler { signal.yield() }
        source.resume()
        for await _ in signals {
            let level = threshold.toggle()
            // At the highest level, so that it is always logged.
            logger.critical("the log level is now \(level) (SIGUSR1)")
        }
        source.cancel()
    }
}

/// The process's environment.
enum Environment {
    static var all: [String: String] { ProcessInfo.processInfo.environment }
}
