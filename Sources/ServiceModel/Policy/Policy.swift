import ImageReferences

/// What definitions may ask of this host.
///
/// Without it, a definition can have any image run as any user with any folder of the host: its author is root on every host
/// that reads it. Each rule narrows one thing; a rule that is nil allows everything.
package struct Policy: Hashable, Sendable {
    /// What each rule allows; a rule that isn't there allows everything.
    package var allowed: [Rule: [String]] = [:]

    /// Makes a policy that allows everything.
    package init() {}

    /// One thing that can be narrowed; its raw value is its name in the configuration.
    package enum Rule: String, CaseIterable, Sendable {
        /// Repositories: `registry.example.org/team/web`, or with a slash at its end everything below it.
        case images
        /// Folders and files of the host that may be mounted, and what is below them.
        case mounts
        /// Folders and files of the host that the values of variables may be read from, and what is below them.
        case files
        /// systemd credentials that the values of variables may be read from.
        case credentials
        /// Docker networks; `bridge` is the default one.
        case networks
        /// What `user` may say. A definition without `user` runs as the image says, which may be root, and isn't allowed then.
        case users
        /// Units that `wants` and `after` may name.
        case units
    }
}

extension Policy {
    /// What a definition asks for and this host doesn't allow, in the order of the rules; empty when it may run.
    package func violations(of definition: ServiceDefinition) -> [PolicyViolation] {
        Rule.allCases.flatMap { rule in
            guard let allowed = allowed[rule] else { return [PolicyViolation]() }
            return rule.asked(by: definition)
                .filter { asked in !allowed.contains { rule.allows(asked.value, $0) } }
                .map { PolicyViolation(rule: rule, path: $0.path, found: $0.value, allowed: allowed) }
        }
    }
}

extension Policy.Rule {
    /// What is wrong with an entry of the rule, as what is expected instead; nil when it is sound.
    package func expectation(of entry: String) -> String? {
        switch self {
        case .mounts, .files:
            let isSound = entry.hasPrefix("/") && !entry.split(separator: "/").contains("..")
            return isSound ? nil : "absolute paths without \"..\""
        case .images:
            // With a tag it would look as if other tags were not allowed.
            let image = ImageReference(entry)
            let isSound =
                !entry.isEmpty && entry != "/" && !entry.contains("*") && image.tag == nil && image.digest == nil
            return isSound
                ? nil
                : "repositories without a tag, such as \"registry.example.org/team/web\", or with a slash at the end all below it"
        case .credentials, .networks, .users, .units:
            return entry.isEmpty || entry.contains("*") ? "names, without patterns" : nil
        }
    }

    /// What a definition asks for, with its place.
    fileprivate func asked(by definition: ServiceDefinition) -> [(path: String, value: String)] {
        switch self {
        case .images: [("image", definition.image)]
        case .mounts: definition.hostPaths
        case .files: definition.valueFiles
        case .credentials: definition.valueCredentials
        case .networks: [("network", definition.network ?? "bridge")]
        case .users: [("user", definition.user ?? "")]
        case .units: definition.namedUnits
        }
    }

    fileprivate func allows(_ value: String, _ entry: String) -> Bool {
        switch self {
        case .images: Self.isImage(value, entry)
        case .mounts, .files: Self.isBelow(value, entry)
        case .credentials, .networks, .users, .units: value == entry
        }
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
