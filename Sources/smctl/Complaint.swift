/// The arguments are well formed, but name something that isn't there or can't be used.
struct Complaint: Error, CustomStringConvertible {
    let description: String

    init(_ description: String) { self.description = description }

    /// Always false: the same arguments fail again.
    var isTransient: Bool { false }
}
