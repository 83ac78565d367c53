/// A source of definitions, and why it can't be read.
package struct SourceState: Equatable, Sendable {
    /// A document or a file that can't be a definition.
    package struct Unusable: Equatable, Sendable {
        /// The document's id, or the file's name without `.json`.
        package var id: String
        package var reason: String

        package init(id: String, reason: String) {
            self.id = id
            self.reason = reason
        }
    }

    package var origin: DefinitionOrigin
    package var problem: String?
    /// Whether it has been read completely since the daemon started.
    package var isRead: Bool
    /// The documents in it that can't be used, by id.
    package var unusable: [Unusable]

    package init(
        origin: DefinitionOrigin,
        problem: String? = nil,
        isRead: Bool = true,
        unusable: [Unusable] = []
    ) {
        self.origin = origin
        self.problem = problem
        self.isRead = isRead
        self.unusable = unusable
    }
}
