/// Why a CouchDB URL or its credentials file can't be used.
///
/// The texts never contain credentials: the part of a URL before `@` is left out.
package enum CouchDBLocationError: Error, Hashable {
    /// The URL is invalid; `url` is without credentials.
    case invalid(url: String, found: String, expected: String)
    /// The credentials file can't be read or has another format.
    case unreadableCredentialsFile(path: String, problem: String)

    /// The URL, without credentials, if it is invalid.
    package var url: String? {
        switch self {
        case .invalid(let url, _, _): url
        case .unreadableCredentialsFile: nil
        }
    }

    /// Always false: a configuration doesn't correct itself.
    package var isTransient: Bool { false }
}

extension CouchDBLocationError: CustomStringConvertible {
    package var description: String {
        switch self {
        case .invalid(let url, let found, let expected):
            "CouchDB URL \(url): found \(found), expected \(expected), as in http://user:password@127.0.0.1:5984/services"
        case .unreadableCredentialsFile(let path, let problem):
            "CouchDB credentials file \(path): \(problem); write user:password into its first line"
        }
    }
}
