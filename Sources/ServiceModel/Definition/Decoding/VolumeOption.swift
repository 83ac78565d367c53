/// The options of `docker run -v`, beside `ro` and `rw`; see `linuxValidMountMode` in
/// github.com/moby/moby/volume/mounts/linux_parser.go.
enum VolumeOption: CaseIterable {
    case access, label, propagation, copying, consistency

    /// How the options of this kind are written; a volume has at most one of them.
    var texts: [String] {
        switch self {
        case .access: ["ro", "rw"]
        case .label: ["z", "Z"]
        case .propagation: ["private", "rprivate", "slave", "rslave", "shared", "rshared"]
        case .copying: ["nocopy"]
        case .consistency: ["consistent", "cached", "delegated"]
        }
    }

    /// Why an option can't be used with a source; nil when it can.
    private func problem(_ text: String, with source: Volume.Source) -> String? {
        switch (self, source) {
        case (.copying, .bind): "\(text) is for volumes with a name, not for paths of the host"
        case (.propagation, .named), (.propagation, .anonymous): "\(text) is for paths of the host, not for volumes"
        case (.access, _), (.label, _), (.propagation, _), (.copying, _), (.consistency, _): nil
        }
    }

    /// Adds options that are separated by commas to a volume.
    ///
    /// - Returns: What is wrong with them, by Docker's rules; nil when nothing is.
    static func read(_ text: String, into volume: inout Volume) -> String? {
        var seen: Set<VolumeOption> = []
        for option in text.split(separator: ",", omittingEmptySubsequences: false).map(String.init) {
            guard let kind = allCases.first(where: { $0.texts.contains(option) }) else {
                let known = allCases.flatMap(\.texts)
                let guess = Spelling.guess(option, among: known).map { "; did you mean \($0)?" } ?? ""
                return "the options are \(Shown.choice(known)), separated by commas\(guess)"
            }
            guard seen.insert(kind).inserted else {
                return "\(Shown.choice(kind.texts)): only one of them, once"
            }
            if let problem = kind.problem(option, with: volume.source) { return problem }
            switch kind {
            case .access: volume.isReadOnly = option == "ro"
            case .label, .propagation, .copying, .consistency: volume.options.append(option)
            }
        }
        return nil
    }
}
