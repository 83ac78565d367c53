/// Why a program couldn't be run to its end.
package enum ProcessError: Error, Hashable, Sendable {
    /// There is no such program in the folders searched.
    case notFound(program: String, folders: [String])

    /// A system call failed; `code` is the `errno` of it.
    case failed(program: String, call: String, code: Int32)

    /// It ran longer than it may, and was killed.
    case timedOut(program: String, limit: Duration)

    /// It wrote more than may be kept, and was killed.
    case tooMuchOutput(program: String, limit: Int)

    /// Whether trying again later may help.
    package var isTransient: Bool {
        switch self {
        case .notFound, .tooMuchOutput: false
        case .failed, .timedOut: true
        }
    }
}

extension ProcessError: CustomStringConvertible {
    /// What was found, what was expected, what to do.
    package var description: String {
        switch self {
        case .notFound(let program, let folders):
            "\(program) was not found, expected it in \(folders.joined(separator: ":")): install it"
        case .failed(let program, let call, let code):
            "\(call) for \(program) failed with errno \(code), expected it to start: see the daemon's sandbox and limits"
        case .timedOut(let program, let limit):
            "\(program) ran for \(limit) and was killed, expected it to end by itself: see what holds it up"
        case .tooMuchOutput(let program, let limit):
            "\(program) wrote more than \(limit) bytes, expected less: run it by hand to see what it writes"
        }
    }
}
