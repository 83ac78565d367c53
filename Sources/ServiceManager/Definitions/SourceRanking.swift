/// Which of several sources counts for one service.
///
/// The first in rank that has a document counts. A source that hasn't been read may have one: until it has been read, those
/// below it don't count, except for the one that counted last, which is remembered over restarts.
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
    /// Those that have one.
    var having: Set<DefinitionOrigin>
    /// Those that may have one: they haven't been read, or can't make sense of it.
    var unknown: Set<DefinitionOrigin>
    /// The one that counted last.
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
