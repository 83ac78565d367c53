extension DefinitionDecoder {
    /// A list of `source:target[:ro]` and objects, or an object of sources and targets.
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
        guard seen.insert(volume.target).inserted else {
            reject(field, expected: "each target once", found: "\(Shown.name(volume.target)) again")
            return nil
        }
        return volume
    }

    /// A text as Docker's command line takes it; of the options `ro` and `rw`.
    private mutating func volume(_ text: String, _ field: DocumentField) -> Volume? {
        var parts = text.split(separator: ":", omittingEmptySubsequences: false).map(String.init)
        var isReadOnly = false
        if parts.count == 3, let option = parts.last {
            guard option == "ro" || option == "rw" else {
                return rejectedVolume(field, nextStep: "of the options only ro and rw are known")
            }
            isReadOnly = option == "ro"
            parts.removeLast()
        }
        guard parts.count == 2 else {
            let step =
                parts.count == 1 ? "a volume without a source would be lost with each revision: give it a name" : nil
            return rejectedVolume(field, nextStep: step)
        }
        guard let source = Self.source(parts[0]) else {
            let step = "the source is an absolute path of the host, or a volume's name"
            return rejectedVolume(field, nextStep: step)
        }
        guard Self.isTarget(parts[1]) else {
            return rejectedVolume(field, nextStep: "the target is an absolute path in the container, and not \"/\"")
        }
        return Volume(source: source, target: parts[1], isReadOnly: isReadOnly)
    }

    private static func source(_ text: String) -> Volume.Source? {
        if isAbsolutePath(text) { return .bind(text) }
        return Names.isDockerObject(text) ? .named(text) : nil
    }

    private static func isTarget(_ text: String) -> Bool {
        isAbsolutePath(text) && text.contains { $0 != "/" }
    }

    private enum VolumeType: String, CaseIterable {
        case bind, volume, tmpfs
    }

    /// An object of `type`, `source`, `target` and `read_only`. Without a type the source tells.
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
                Self.isAbsolutePath($0)
            }
            source = .bind(path ?? "")
        case .volume:
            let name = member("source", of: object, expected: "a volume's name") { Names.isDockerObject($0) }
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
