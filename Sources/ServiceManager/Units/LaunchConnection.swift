import Addresses
import ServiceModel

/// How a `launch` finds and talks to the engine.
package struct DockerAccess: Sendable {
    /// The path of its socket; nil when `launch` finds it by itself.
    package var socket: String?
    /// The version of its API that was negotiated last; nil before that.
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

/// A connected `launch`, and what it has been told.
struct LaunchConnection {
    private var orders: ToldOrders
    private let docker: DockerAccess
    var unit: UnitName?
    /// The addresses of the service that its unit names; nil for none.
    var addresses: [ServiceAddress]?
    var isEnding = false
    /// Whether it was connected while its service ended.
    var outlivesService = false
    /// Whether it ends because its service's document was deleted.
    var hasOutlivedDocument = false
    /// The exit code that it gets once systemd has asked it to stop.
    var farewell: Int?
    /// Whether its revision has been wanted at any time since it connected.
    var wasWanted = false
    /// Whether systemd is being asked who started its unit.
    var isBeingJudged = false
    /// Whether it connected early: its revision, or the answer to the start of its manager, is still to come.
    var isAwaited = false
    private var outputs = FollowedOutputs()

    init(orders: AsyncStream<LaunchOrder>.Continuation, docker: DockerAccess = DockerAccess()) {
        self.orders = ToldOrders(orders)
        self.docker = docker
    }

    /// The containers whose output it copies.
    var following: Set<ContainerID> { outputs.following }

    /// Sends an order, unless it was sent before.
    mutating func tell(_ order: LaunchOrder) { orders.tell(order) }

    /// Makes it copy a container's output, once connections to Docker are allowed.
    mutating func follow(_ container: ContainerID, since: String?, isEngineRunning: Bool) {
        if outputs.follow(container, isEngineRunning: isEngineRunning) { sayLogs(container, since: since) }
    }

    private mutating func sayLogs(_ container: ContainerID, since: String?) {
        if let socket = docker.socket { tell(.docker(socket)) }
        if let version = docker.version() { tell(.dockerAPI(version)) }
        orders.say(.logs(container, since: since))
    }

    /// Forgets finished containers that aren't wanted any more: when such a container is started again, it counts as new.
    mutating func forgetFinished(besides wanted: Set<ContainerID>) { outputs.forgetFinished(besides: wanted) }

    /// Records that all output of a container is copied.
    mutating func finish(_ container: ContainerID) { outputs.finish(container) }

    /// Makes it exit after copying what is left.
    ///
    /// It may connect to Docker for that if Docker runs.
    mutating func dismiss(_ code: Int, isEngineRunning: Bool, since: (ContainerID) -> String?) {
        if isEngineRunning {
            for container in outputs.unfinished { sayLogs(container, since: since(container)) }
        }
        orders.say(.exit(code))
        isEnding = true
        farewell = nil
    }

    /// Records that it has lost Docker, and continues when it is told to.
    mutating func wait(for container: ContainerID) { outputs.wait(for: container) }
}
