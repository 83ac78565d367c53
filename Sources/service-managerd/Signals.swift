import Dispatch
import FoundationEssentials

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

/// The process's environment.
enum Environment {
    static var all: [String: String] { ProcessInfo.processInfo.environment }
}
