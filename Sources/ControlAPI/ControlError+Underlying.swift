import AsyncHTTPClient
import NIOCore

#if canImport(Glibc)
import Glibc
#endif

extension ControlError {
    /// What an error of the HTTP client means to us.
    init(_ error: any Error, socket: String, timeout: Duration) {
        switch error {
        case let error as ControlError:
            self = error
        case is CancellationError:
            self = .cancelled
        case let error as HTTPClientError where error == .cancelled:
            self = .cancelled
        case let error as HTTPClientError where error == .deadlineExceeded:
            self = .timedOut(after: timeout)
        case let error as DecodingError:
            self = .unreadable(found: String(describing: error))
        case let error as IOError:
            self = Self.connecting(error, socket: socket)
        default:
            self = .unreachable(socket: socket, reason: String(describing: error))
        }
    }

    /// See connect(2) and unix(7).
    private static func connecting(_ error: IOError, socket: String) -> Self {
        switch error.errnoCode {
        case EACCES, EPERM: .permissionDenied(socket: socket)
        case ENOENT: .unreachable(socket: socket, reason: "no such socket")
        case ECONNREFUSED: .unreachable(socket: socket, reason: "connection refused")
        default: .unreachable(socket: socket, reason: error.description)
        }
    }
}
