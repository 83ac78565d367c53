import Addresses
import ServiceModel

/// How a `launch` finds and talks to the engine.
package struct DockerAccess: Sendable {
    /// Where its socket is; nil: `launch` finds it by itself.
    package var socket: String?
    /// Which version of its API was agreed on last; nil while none is.
    package var version: @Sendable () -> String?
    /// Whether an engine answers there that isn't Docker's.
    package var isOtherEngine: @Sendable () async -> Bool

    package init(
        socket: String? = nil,
        version: @escaping @Sendable () -> String? = { nil },
        isOtherEngine: @escaping @Sendable () async -> Bool = { false }
    ) {
        self.socket = socket
        self.isOtherEngine = isOtherEngine
        self.version = version
    }
}

/// One `launch`, and what it was told.
struct LaunchConnection {
    private var orders: ToldOrders
    private let docker: DockerAccess
    var unit: UnitName?
    /// What its unit names as the addresses of the service; nil: none.
    var addresses: [ServiceAddress]?
    var isEnding = false
    /// Whether it was connected while its service ended.
    var outlivesService = false
    /// Whether it ends because its service's document was deleted.
    var hasOutlivedDocument = false
    /// The exit code that it is told once systemd has asked it to stop.
    var farewell: Int?
    /// Whether its revision was wanted at some time since it connected.
    var wasWanted = false
    /// Whether systemd is being asked what its unit is about.
    var isBeingJudged = false
    /// Whether it is there before what is wanted of it: its revision, or the answer to the start of its manager, is on its way.
    var isAwaited = false
    private var outputs = FollowedOutputs()

    init(orders: AsyncStream<LaunchOrder>.Continuation, docker: DockerAccess = DockerAccess()) {
        self.orders = ToldOrders(orders)
        self.docker = docker
    }

    /// The containers whose output it copies.
    var following: Set<ContainerID> { outputs.following }

    /// Says what hasn't been said yet.
    mutating func tell(_ order: LaunchOrder) { orders.tell(order) }

    /// Has a container's output copied, once Docker may be talked to.
    mutating func follow(_ container: ContainerID, since: String?, isEngineRunning: Bool) {
        if outputs.follow(container, isEngineRunning: isEngineRunning) { sayLogs(container, since: since) }
    }

    private mutating func sayLogs(_ container: ContainerID, since: String?) {
        if let socket = docker.socket { tell(.docker(socket)) }
        if let version = docker.version() { tell(.dockerAPI(version)) }
        orders.say(.logs(container, since: since))
    }

    /// What was copied to the end and isn't to be copied any more may be started again, and is new then.
    mutating func forgetFinished(besides wanted: Set<ContainerID>) { outputs.forgetFinished(besides: wanted) }

    /// All of a container's output is copied.
    mutating func finish(_ container: ContainerID) { outputs.finish(container) }

    /// Has it end, after what is left to copy; it may connect to Docker for that if Docker runs.
    mutating func dismiss(_ code: Int, isEngineRunning: Bool, since: (ContainerID) -> String?) {
        if isEngineRunning {
            for container in outputs.unfinished { sayLogs(container, since: since(container)) }
        }
        orders.say(.exit(code))
        isEnding = true
        farewell = nil
    }

    /// It has lost Docker, and continues when it is told to.
    mutating func wait(for container: ContainerID) { outputs.wait(for: container) }
}
