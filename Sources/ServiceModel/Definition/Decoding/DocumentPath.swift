/// Where a value is in a document: `health_check.headers.Accept`.
///
/// A step stores only what it adds to the step before, so a path costs the same at any depth. Its text is built only when it
/// is shown: a document may have a hundred thousand values, and a report shows the paths of a hundred.
indirect enum DocumentPath: Sendable {
    /// The document itself.
    case document
    /// A member of an object.
    case member(String, of: DocumentPath)
    /// An element of a list, counted from 0.
    case element(Int, of: DocumentPath)
}

extension DocumentPath: CustomStringConvertible {
    /// The path as it is shown; empty for the document itself.
    var description: String {
        var steps: [String] = []
        var rest = self
        while true {
            switch rest {
            case .document: return steps.reversed().joined()
            case .member(let key, .document):
                steps.append(Shown.name(key))
                rest = .document
            case .member(let key, let parent):
                steps.append(".\(Shown.name(key))")
                rest = parent
            case .element(let index, let parent):
                steps.append("[\(index)]")
                rest = parent
            }
        }
    }
}
