import Docker

/// Every `launch` that is connected, by a number that none has twice.
struct LaunchConnections: Sequence {
    private let docker: DockerAccess
    private var byID: [Int: LaunchConnection] = [:]
    private var last = 0

    /// - Parameter docker: What each is told of Docker.
    init(docker: DockerAccess) { self.docker = docker }

    /// Adds one; its number.
    mutating func add(_ orders: AsyncStream<LaunchOrder>.Continuation) -> Int {
        last += 1
        byID[last] = LaunchConnection(orders: orders, docker: docker)
        return last
    }

    mutating func remove(_ id: Int) -> LaunchConnection? { byID.removeValue(forKey: id) }

    subscript(_ id: Int) -> LaunchConnection? {
        get { byID[id] }
        set { byID[id] = newValue }
    }

    var values: some Collection<LaunchConnection> { byID.values }

    func makeIterator() -> Dictionary<Int, LaunchConnection>.Iterator { byID.makeIterator() }
}
