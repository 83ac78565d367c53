/// A place where a text isn't JSON.
struct JSONProblem: Hashable, Sendable {
    /// What JSON requires there; nil when `found` is a whole sentence.
    var expected: String?

    /// What was found.
    var found: String

    /// What to write instead, if that is known.
    var hint: String?

    /// Where it is.
    var position: SourcePosition

    /// The value without a key, when that is the problem.
    var keyless: JSONValue?

    /// How many lists and objects it is in.
    var depth = 0
}

/// Thrown when reading can't continue; the problem is in the reader's list.
struct JSONReadingStopped: Error {}
