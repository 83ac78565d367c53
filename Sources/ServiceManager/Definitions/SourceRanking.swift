/// Which of several sources counts for one service.
///
/// The source of the highest rank that has a document counts. A source that hasn't been read may have one. Until it has been
/// read, sources below it don't count, except for the one that counted last, which is remembered over restarts.
struct SourceRanking {
    enum Choice: Equatable {
        case counts(DefinitionOrigin)
        /// Nothing is decided before this source has been read.
        case waits(for: DefinitionOrigin)
        /// All have been read, and none has a document.
        case nothing
    }

    /// The sources that the service may have a document in.
    var sources: Set<DefinitionOrigin>
    /// The sources that have one.
    var having: Set<DefinitionOrigin>
    /// The sources that may have one: they haven't been read, or can't use it.
    var unknown: Set<DefinitionOrigin>
    /// The source that counted last.
    var remembered: DefinitionOrigin?

    var choice: Choice {
        var blocking: DefinitionOrigin?
        for source in sources.sorted() {
            if having.contains(source), blocking == nil || source == remembered { return .counts(source) }
            if unknown.contains(source), blocking == nil { blocking = source }
        }
        return blocking.map { .waits(for: $0) } ?? .nothing
    }
}
