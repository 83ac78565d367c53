/// The arguments are well formed, but name something that isn't there or can't be used.
struct Complaint: Error, CustomStringConvertible {
    let description: String

    init(_ description: String) { self.description = description }

    /// A service that isn't there, with those that are.
    static func unknown(_ service: String, known: [String]) -> Complaint {
        let others = known.isEmpty ? "" : "; there are: \(known.joined(separator: ", "))"
        return Complaint("no service is called \(service)" + others)
    }

    /// Always false: the same arguments fail again.
    var isTransient: Bool { false }
}
