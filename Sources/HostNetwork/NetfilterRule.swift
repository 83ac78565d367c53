/// One rule of a chain, as `iptables-save` prints it after `-A CHAIN`.
package struct NetfilterRule: Sendable {
    /// The rule as it was printed, including quotes, for `-D CHAIN`.
    package let text: String

    /// The rule's options, in a normalized order and notation.
    private let options: [String]

    /// The target of matching packets (`-j`), a built-in target or a chain; nil without one.
    package let target: String?

    /// Whether no later rule of the chain sees a matching packet: true for everything except a jump to a chain, or a mark.
    package let isFinal: Bool

    /// Parses a rule.
    ///
    /// - Parameter text: The text after `-A CHAIN`.
    package init(_ text: some StringProtocol) {
        self.text = String(text)
        let words = Self.words(text)
        var options: [String] = []
        var target: String?
        var isGoto = false
        var negation = ""
        for (index, word) in words.enumerated() {
            if word == "!" {
                negation = "!"
            } else if word == "-m" || (index > 0 && words[index - 1] == "-m") {
                // Some versions load modules by the options themselves, and the position of `-m` varies.
                continue
            } else if word.hasPrefix("-") {
                options.append(negation + word)
                negation = ""
                isGoto = isGoto || word == "-g" || word == "--goto"
                if word == "-j" || word == "--jump", index + 1 < words.count { target = words[index + 1] }
            } else if !options.isEmpty {
                options[options.count - 1] += " " + Self.withoutHostPrefix(word)
            }
        }
        self.options = options.sorted()
        self.target = target
        isFinal = isGoto || target.map { Self.finalTargets.contains($0) } ?? false
    }

    /// Whether it is one of the rules by which Docker 28 and later keep others from sending to a container's address:
    /// `-d CONTAINER ! -i BRIDGE -j DROP`, in a chain of Docker's own or not.
    ///
    /// See moby's pull requests 49829 (for each container) and 52224 (for a network's subnet).
    package var isAgainstDirectRouting: Bool {
        guard let target else { return false }
        if target.hasPrefix("DOCKER") { return true }
        return target == "DROP" && options.contains { $0.hasPrefix("-d ") }
            && options.contains { $0.hasPrefix("!-i ") }
    }

    /// The value of an option that isn't negated; nil when the rule doesn't have it.
    func value(of option: String) -> Substring? {
        options.first { $0.hasPrefix("\(option) ") }?.dropFirst(option.count + 1)
    }

    private static let finalTargets: Set<String> = [
        "ACCEPT", "DNAT", "DROP", "MASQUERADE", "NETMAP", "NFQUEUE", "QUEUE", "REDIRECT", "REJECT", "RETURN", "SNAT",
    ]

    /// Removes the prefix length of a single host, which only some versions print.
    private static func withoutHostPrefix(_ word: String) -> String {
        for suffix in ["/32", "/128"] where word.hasSuffix(suffix) && word.contains(suffix == "/32" ? "." : ":") {
            return String(word.dropLast(suffix.count))
        }
        return word
    }

    /// Splits at spaces outside of double quotes.
    ///
    /// Inside quotes, a backslash escapes the next character.
    private static func words(_ text: some StringProtocol) -> [String] {
        var words: [String] = []
        var word: String?
        var isQuoted = false
        var isEscaped = false
        for character in text {
            if isEscaped {
                word = (word ?? "") + String(character)
                isEscaped = false
            } else if character == "\\", isQuoted {
                isEscaped = true
            } else if character == "\"" {
                isQuoted.toggle()
                word = word ?? ""
            } else if character == " ", !isQuoted {
                if let word { words.append(word) }
                word = nil
            } else {
                word = (word ?? "") + String(character)
            }
        }
        if let word { words.append(word) }
        return words
    }
}

extension NetfilterRule: Hashable {
    /// Whether both match the same packets and treat them in the same way, in any notation.
    package static func == (left: Self, right: Self) -> Bool { left.options == right.options }

    /// Hashes what `==` compares.
    package func hash(into hasher: inout Hasher) { hasher.combine(options) }
}
