extension DefinitionDecoder {
    /// A list of `[source:]target[:options]` and objects, or an object of sources and targets.
    mutating func volumes(_ field: DocumentField) -> [Volume]? {
        var seen: Set<String> = []
        if let object = field.object {
            return object.members.compactMap { member in
                let part = DocumentField(path: object.path(of: member.key), value: member.value)
                guard let text = part.text else {
                    reject(part, expected: "a path in the container, such as \"/data\" or \"/data:ro\"")
                    return nil
                }
                return volume("\(member.key):\(text)", part).flatMap { unseen($0, part, &seen) }
            }
        }
        guard let elements = field.elements else {
            reject(
                field,
                expected: "a list such as [\"/srv/web:/data\"], or an object such as {\"/srv/web\": \"/data\"}",
                nextStep: field.text == nil ? nil : "put it into a list"
            )
            return nil
        }
        return elements.compactMap { element in
            let volume =
                if let object = element.object {
                    self.volume(object)
                } else if let text = element.text {
                    self.volume(text, element)
                } else {
                    rejectedVolume(element)
                }
            return volume.flatMap { unseen($0, element, &seen) }
        }
    }

    private static let expectedVolume = "a volume such as \"/srv/web:/data\", \"name:/data:ro\", or an object"

    private mutating func rejectedVolume(_ field: DocumentField, nextStep: String? = nil) -> Volume? {
        reject(field, expected: Self.expectedVolume, nextStep: nextStep)
        return nil
    }

    private mutating func unseen(_ volume: Volume, _ field: DocumentField, _ seen: inout Set<String>) -> Volume? {
        guard seen.insert(Self.cleaned(volume.target)).inserted else {
            reject(field, expected: "each target once", found: "\(Shown.name(volume.target)) again")
            return nil
        }
        return volume
    }

    /// A text as `docker run -v` accepts it: `[source:]target[:options]`; see `ParseMountRaw` in
    /// github.com/moby/moby/volume/mounts/linux_parser.go.
    private mutating func volume(_ text: String, _ field: DocumentField) -> Volume? {
        let parts = text.split(separator: ":", omittingEmptySubsequences: false).map(String.init)
        guard parts.count <= 3 else {
            let step =
                "a path with a colon needs the object form: {\"type\": \"bind\", \"source\": \"/srv/a:b\", \"target\": \"/data\"}"
            return rejectedVolume(field, nextStep: step)
        }
        let target = parts.count == 1 ? parts[0] : parts[1]
        var source = Volume.Source.anonymous
        if parts.count > 1 {
            guard let given = Self.source(parts[0]) else {
                return rejectedVolume(field, nextStep: Self.stepForSource(parts[0]))
            }
            source = given
        }
        guard Self.isTarget(target) else {
            return rejectedVolume(field, nextStep: "the target is an absolute path in the container, and not \"/\"")
        }
        var volume = Volume(source: source, target: target)
        guard parts.count == 3, !parts[2].isEmpty else { return volume }
        if let problem = VolumeOption.read(parts[2], into: &volume) { return rejectedVolume(field, nextStep: problem) }
        return volume
    }

    private static func source(_ text: String) -> Volume.Source? {
        if isPath(text) { return .bind(text) }
        return Names.isVolume(text) ? .named(text) : nil
    }

    private static func stepForSource(_ text: String) -> String {
        if text.utf8.count == 1, Names.isDockerObject(text) {
            return "a volume's name has at least two characters; a path of the host begins with \"/\""
        }
        return "the source is an absolute path of the host, or a volume's name"
    }

    /// Whether a text is an absolute path; Docker resolves `..` in it.
    private static func isPath(_ text: some StringProtocol) -> Bool {
        text.hasPrefix("/") && !text.utf8.contains(0) && text.utf8.count < 4096
    }

    private static func isTarget(_ text: String) -> Bool { isPath(text) && cleaned(text) != "/" }

    /// An absolute path without `.`, `..` and superfluous slashes, as Docker compares it.
    private static func cleaned(_ path: String) -> String {
        var components: [Substring] = []
        for component in path.split(separator: "/") where component != "." {
            if component == ".." { _ = components.popLast() } else { components.append(component) }
        }
        return "/" + components.joined(separator: "/")
    }

    private enum VolumeType: String, CaseIterable {
        case bind, volume, tmpfs
    }

    /// An object of `type`, `source`, `target` and `read_only`.
    ///
    /// Without a type, the source decides.
    private mutating func volume(_ object: DocumentObject) -> Volume? {
        warnOfUnknownKeys(in: object, known: ["type", "source", "target", "read_only"])
        let errorsBefore = errors.count
        let given: VolumeType? = object["type"].flatMap { choice($0) }
        let isReadOnly = object["read_only"].flatMap { bool($0) } ?? false
        let target = member(
            "target",
            of: object,
            expected: "an absolute path in the container, and not \"/\"",
            Self.isTarget
        )
        let isPath = object["source"]?.text?.hasPrefix("/") ?? false
        var source = Volume.Source.tmpfs
        switch given ?? (isPath ? .bind : .volume) {
        case .tmpfs:
            if let field = object["source"] {
                warn(field.path, "has no effect with type \"tmpfs\"", at: field.position)
            }
        case .bind:
            let path = member("source", of: object, expected: "an absolute path of the host") {
                Self.isPath($0)
            }
            source = .bind(path ?? "")
        case .volume:
            let name = member("source", of: object, expected: "a volume's name of at least two characters") {
                Names.isVolume($0)
            }
            source = .named(name ?? "")
        }
        guard errors.count == errorsBefore, let target else { return nil }
        return Volume(source: source, target: target, isReadOnly: isReadOnly)
    }

    private mutating func member(
        _ key: String,
        of object: DocumentObject,
        expected: String,
        _ isFit: (String) -> Bool
    ) -> String? {
        guard let field = object[key] else {
            report(object.path(of: key), expected: expected, found: "nothing", at: object.position)
            return nil
        }
        return text(field, expected: expected, where: isFit)
    }
}
