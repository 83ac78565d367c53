/// The status database, and why it can't be written to.
package struct StatusDatabaseState: Equatable, Sendable {
    /// Its URL, without credentials.
    package var name: String
    package var problem: String?

    package init(name: String, problem: String?) {
        self.name = name
        self.problem = problem
    }
}
