import ImageReferences

/// What definitions may ask of this host.
///
/// Without it, a definition can have any image run as any user with any folder of the host: its author is root on every host
/// that reads it. Each rule narrows one thing; a rule that is nil allows everything.
package struct Policy: Hashable, Sendable {
    /// Repositories: `registry.example.org/team/web`, or with a slash at its end everything below it.
    package var images: [String]?
    /// Folders and files of the host that may be mounted, and what is below them.
    package var mounts: [String]?
    /// Folders and files of the host that the values of variables may be read from, and what is below them.
    package var files: [String]?
    /// systemd credentials that the values of variables may be read from.
    package var credentials: [String]?
    /// Docker networks; `bridge` is the default one.
    package var networks: [String]?
    /// What `user` may say; a definition without `user` runs as the image says, which may be root, and isn't allowed then.
    package var users: [String]?
    /// Units that `wants` and `after` may name.
    package var units: [String]?

    /// Makes a policy that allows everything.
    package init() {}

    /// The rules by the names that they have in the configuration.
    package static let rules: [String: any WritableKeyPath<Policy, [String]?> & Sendable] = [
        "images": \.images, "mounts": \.mounts, "files": \.files, "credentials": \.credentials,
        "networks": \.networks, "users": \.users, "units": \.units,
    ]
}

extension Policy {
    /// What a definition asks for and this host doesn't allow, in the order of the rules; empty when it may run.
    package func violations(of definition: ServiceDefinition) -> [PolicyViolation] {
        var found: [PolicyViolation] = []
        func check(
            _ rule: String,
            _ allowed: [String]?,
            _ asked: [(path: String, value: String)],
            _ fits: (String, String) -> Bool
        ) {
            guard let allowed else { return }
            for (path, value) in asked where !allowed.contains(where: { fits(value, $0) }) {
                found.append(PolicyViolation(rule: rule, path: path, found: value, allowed: allowed))
            }
        }
        check("images", images, [("image", definition.image)], Self.isImage)
        check("mounts", mounts, definition.hostPaths, Self.isBelow)
        check("files", files, definition.valueFiles, Self.isBelow)
        check("credentials", credentials, definition.valueCredentials, ==)
        check("networks", networks, [("network", definition.network ?? "bridge")], ==)
        check("users", users, [("user", definition.user ?? "")], ==)
        check("units", units, definition.namedUnits, ==)
        return found
    }

    /// Whether an image is of a repository, or of one below it.
    private static func isImage(_ image: String, _ allowed: String) -> Bool {
        let name = fullName(image)
        guard allowed.hasSuffix("/") else { return name == fullName(allowed) }
        // Docker's own registry is meant where a name begins with none.
        let folder = String(allowed.dropLast())
        return name.hasPrefix(fullName(folder, isFolder: true) + "/")
    }

    /// A repository's name with its registry, as Docker completes it.
    private static func fullName(_ reference: String, isFolder: Bool = false) -> String {
        let image = ImageReference(isFolder ? reference + "/x" : reference)
        var name = image.name
        if image.domain == nil {
            name = "\(ImageReference.hub)/\(image.path.contains("/") ? "" : "library/")\(image.path)"
        }
        if name.hasPrefix("index.") { name = String(name.dropFirst("index.".count)) }
        return isFolder ? String(name.dropLast(2)) : name
    }

    /// Whether a path is another one, or below it; one with `..` in it is below nothing.
    private static func isBelow(_ path: String, _ folder: String) -> Bool {
        let parts = path.split(separator: "/").filter { $0 != "." }
        let above = folder.split(separator: "/").filter { $0 != "." }
        return !parts.contains("..") && parts.starts(with: above)
    }
}

extension ServiceDefinition {
    fileprivate var hostPaths: [(path: String, value: String)] {
        volumes.enumerated().compactMap { index, volume in
            guard case .bind(let source) = volume.source else { return nil }
            return ("volumes[\(index)]", source)
        }
    }

    fileprivate var valueFiles: [(path: String, value: String)] {
        environment.compactMap { variable in
            guard case .file(let file) = variable.value else { return nil }
            return ("environment.\(variable.name)", file)
        }
    }

    fileprivate var valueCredentials: [(path: String, value: String)] {
        environment.compactMap { variable in
            guard case .credential(let name) = variable.value else { return nil }
            return ("environment.\(variable.name)", name)
        }
    }

    fileprivate var namedUnits: [(path: String, value: String)] {
        wants.map { ("wants", $0) } + after.map { ("after", $0) }
    }
}
