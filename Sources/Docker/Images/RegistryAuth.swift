#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// A login at a registry.
///
/// Its description shows no secret.
package struct RegistryAuth: Sendable, Equatable {
    /// The user's name; may be empty with an identity token.
    package var username: String
    /// The password, or a token instead of it; empty with an identity token.
    package var password: String
    /// The token that a registry such as Azure's returned for the password at `docker login` (an OAuth refresh token); nil if
    /// the password is used.
    package var identityToken: String?
    /// The registry, such as `registry.example.org:5000`; empty for Docker Hub.
    package var serverAddress: String

    /// Makes a login with a password.
    package init(username: String, password: String, serverAddress: String) {
        self.username = username
        self.password = password
        self.serverAddress = serverAddress
    }

    /// Makes a login with an identity token.
    ///
    /// - Parameters:
    ///   - identityToken: The token.
    ///   - username: The user's name, as stored by `docker login`; `<token>`, which credential helpers return with a token,
    ///     isn't a name.
    ///   - serverAddress: The registry.
    package init(identityToken: String, username: String = "", serverAddress: String) {
        self.username = username == Self.tokenUsername ? "" : username
        password = ""
        self.identityToken = identityToken
        self.serverAddress = serverAddress
    }

    /// The user name that a credential helper returns when the secret is an identity token (`cli/config/credentials` of
    /// Docker's command line).
    package static let tokenUsername = "<token>"
}

extension RegistryAuth {
    /// The value of `X-Registry-Auth`: JSON in base64 for URLs, with the padding that the engine requires.
    ///
    /// "Authentication" in <https://docs.docker.com/reference/api/engine/version/v1.41/#section/Authentication>.
    var header: String {
        get throws(DockerError) {
            do {
                let encoder = JSONEncoder()
                encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
                var members = ["serveraddress": serverAddress]
                if let identityToken {
                    // Empty members are left out: with an empty user name or password, the engine would log in as that user.
                    members["identitytoken"] = identityToken
                    if !username.isEmpty { members["username"] = username }
                } else {
                    members["username"] = username
                    members["password"] = password
                }
                let base64 = try encoder.encode(members).base64EncodedString()
                return String(
                    base64.map { character in
                        switch character {
                        case "+": "-"
                        case "/": "_"
                        default: character
                        }
                    }
                )
            } catch {
                throw .undecodable(call: "POST /images/create", reason: "the credentials can't be encoded: \(error)")
            }
        }
    }
}

extension RegistryAuth: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    package var description: String {
        "\(username) at \(serverAddress)"
    }

    package var debugDescription: String {
        description
    }

    package var customMirror: Mirror {
        Mirror(self, children: ["username": username, "serverAddress": serverAddress])
    }
}
