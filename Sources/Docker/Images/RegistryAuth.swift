#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// Who pulls an image, for registries that want to know.
///
/// Its description shows no secret.
package struct RegistryAuth: Sendable, Equatable {
    /// The user's name.
    package var username: String
    /// The password, or a token that stands for it.
    package var password: String
    /// The registry, such as `registry.example.org:5000`; empty for Docker's own.
    package var serverAddress: String

    /// A user of a registry.
    package init(username: String, password: String, serverAddress: String) {
        self.username = username
        self.password = password
        self.serverAddress = serverAddress
    }
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
                let members = ["username": username, "password": password, "serveraddress": serverAddress]
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
