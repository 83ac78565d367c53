/// Where a text isn't JSON.
struct JSONProblem: Hashable, Sendable {
    /// What JSON asks for there; nil when the finding says it all.
    var expected: String?

    /// What is there.
    var found: String

    /// What to write instead, where that can be told.
    var hint: String?

    /// Where it is.
    var position: SourcePosition

    /// The value without a key, when that is the problem.
    var keyless: JSONValue?

    /// How many lists and objects it is in.
    var depth = 0
}

/// Thrown when reading can't go on; the problem is in the reader's list.
struct JSONReadingStopped: Error {}
