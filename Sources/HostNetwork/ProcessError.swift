/// Why a program couldn't be run.
package enum ProcessError: Error, Hashable, Sendable {
    /// The program isn't in the folders.
    case notFound(program: String, folders: [String])

    /// A system call failed with the `errno` in `code`.
    case failed(program: String, call: String, code: Int32)

    /// It exceeded its time limit, and was killed.
    case timedOut(program: String, limit: Duration)

    /// It exceeded its output limit, and was killed.
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
    /// What was found, what was expected and what to do next.
    package var description: String {
        switch self {
        case .notFound(let program, let folders):
            "\(program) was not found, expected it in \(folders.joined(separator: ":")): install it"
        case .failed(let program, let call, let code):
            "\(call) for \(program) failed with errno \(code), expected it to start: check the daemon's sandbox and limits"
        case .timedOut(let program, let limit):
            "\(program) was killed after \(limit), expected it to end by itself: find out what holds it up"
        case .tooMuchOutput(let program, let limit):
            "\(program) wrote more than \(limit) bytes, expected less: run it by hand to see what it writes"
        }
    }
}
