import AsyncHTTPClient
import BlockingCalls

/// A user name and password for CouchDB, sent pre-emptively as Basic authentication (RFC 7617).
///
/// CouchDB requests credentials (`WWW-Authenticate`) only with `require_valid_user=true`, so waiting for its request doesn't
/// work. Printing, dumping or interpolating the value shows neither name nor password.
package struct CouchDBCredentials: Sendable, Hashable {
    let user: String
    let password: String

    package init(user: String, password: String) {
        self.user = user
        self.password = password
    }

    /// Reads `user:password` from the first line of a file, such as one that systemd's `LoadCredential=` provides.
    ///
    /// The password may contain colons, the user name can't.
    package init(contentsOfFile path: String) throws(CouchDBLocationError) {
        let data: [UInt8]
        do throws(RegularFileError) {
            data = try RegularFile.read(path, atMost: 64 << 10)
        } catch {
            throw .unreadableCredentialsFile(path: path, problem: "it can't be read: \(error)")
        }
        let line = data.prefix { $0 != UInt8(ascii: "\n") && $0 != UInt8(ascii: "\r") }
        guard let text = String(validating: line, as: UTF8.self), let colon = text.firstIndex(of: ":"),
            colon != text.startIndex
        else {
            throw .unreadableCredentialsFile(path: path, problem: "its first line isn't user:password")
        }
        self.init(user: String(text[..<colon]), password: String(text[text.index(after: colon)...]))
    }

    /// The value of the `Authorization` header.
    package var authorization: String {
        HTTPClient.Authorization.basic(username: user, password: password).headerValue
    }
}

extension CouchDBCredentials: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    package var description: String { "<credentials>" }
    package var debugDescription: String { description }
    package var customMirror: Mirror { Mirror(self, children: []) }
}
