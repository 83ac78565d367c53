/// The orders for one `launch`, each said once.
struct ToldOrders {
    private let orders: AsyncStream<LaunchOrder>.Continuation
    /// The last order of each kind.
    private var told: [String: LaunchOrder] = [:]

    init(_ orders: AsyncStream<LaunchOrder>.Continuation) { self.orders = orders }

    /// Says what hasn't been said yet.
    mutating func tell(_ order: LaunchOrder) {
        let kind = String(order.line.prefix { $0 != " " })
        guard told[kind] != order else { return }
        told[kind] = order
        say(order)
    }

    /// An order is never left out: a launch that is too far behind to be given it loses its connection.
    func say(_ order: LaunchOrder) {
        if case .dropped = orders.yield(order) { orders.finish() }
    }
}
