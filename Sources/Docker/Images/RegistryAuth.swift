#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// Who pulls an image, for registries that want to know.
///
/// Its description shows no secret.
package struct RegistryAuth: Sendable, Equatable {
    /// The user's name; may be empty with an identity token.
    package var username: String
    /// The password, or a token that stands for it; empty with an identity token.
    package var password: String
    /// What a registry such as Azure's gave for the password at `docker login` (an OAuth refresh token); nil: the password
    /// counts.
    package var identityToken: String?
    /// The registry, such as `registry.example.org:5000`; empty for Docker's own.
    package var serverAddress: String

    /// A user of a registry.
    package init(username: String, password: String, serverAddress: String) {
        self.username = username
        self.password = password
        self.serverAddress = serverAddress
    }

    /// A user of a registry who has an identity token.
    ///
    /// - Parameters:
    ///   - identityToken: The token.
    ///   - username: The user's name as `docker login` kept it; `<token>`, by which credential helpers say that they answer
    ///     with a token, is none.
    ///   - serverAddress: The registry.
    package init(identityToken: String, username: String = "", serverAddress: String) {
        self.username = username == Self.tokenUsername ? "" : username
        password = ""
        self.identityToken = identityToken
        self.serverAddress = serverAddress
    }

    /// What a credential helper names as user when the secret is an identity token (`cli/config/credentials` of Docker's
    /// command line).
    package static let tokenUsername = "<token>"
}

extension RegistryAuth {
    /// The value of `X-Registry-Auth`: JSON in base64 for URLs, which the engine wants padded.
    ///
    /// "Authentication" in <https://docs.docker.com/reference/api/engine/version/v1.41/#section/Authentication>.
    var header: String {
        get throws(DockerError) {
            do {
                let encoder = JSONEncoder()
                encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
                var members = ["serveraddress": serverAddress]
                if let identityToken {
                    // With a user's name or a password that is empty, the engine asks the registry as that user.
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
