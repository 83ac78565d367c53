import ServiceModel

/// Revisions in tables: their generation and the beginning of their hash.
enum RevisionText {
    static func short(_ revision: String?) -> String {
        guard let revision else { return "-" }
        return (try? Revision(revision))?.short ?? revision
    }

    /// What is kept alive, and what replaces it: `8→9-44ab…`.
    static func short(of service: ServiceStatus) -> String {
        guard let candidate = service.candidate else { return short(service.current) }
        guard let current = service.current, current != candidate else { return short(candidate) }
        return "\(current.prefix { $0 != "-" }.prefix(10))→\(short(candidate))"
    }
}
