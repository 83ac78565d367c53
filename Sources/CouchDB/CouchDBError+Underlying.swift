import AsyncHTTPClient
import NIOCore
import NIOPosix

extension CouchDBError {
    /// Translates an error of the HTTP client.
    init(_ error: any Error, operation: String, limit: Int, timeout: Duration) {
        switch error {
        case let error as CouchDBError:
            self = error
        case is CancellationError:
            self = .cancelled
        case is DeadlineExceeded:
            self = .timedOut(operation: operation, after: timeout)
        case is NIOTooManyBytesError:
            self = .tooLarge(operation: operation, limit: limit)
        case let error as HTTPClientError where error == .cancelled && Task.isCancelled:
            self = .cancelled
        case let error as HTTPClientError where error == .deadlineExceeded:
            self = .timedOut(operation: operation, after: timeout)
        default:
            // When connecting fails, each address that was tried has its own error.
            let causes = (error as? NIOConnectionError)?.connectionErrors.map(\.error) ?? [error]
            if let problem = causes.lazy.compactMap({ TLSProblem($0) }).first {
                self = .tls(operation: operation, problem)
                return
            }
            self = .connection(operation: operation, reason: String(describing: error))
        }
    }
}
