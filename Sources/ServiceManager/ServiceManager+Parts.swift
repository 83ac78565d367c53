package import Logging
package import ServiceModel

extension ServiceManager {
    /// What its parts share.
    package struct Parts: Sendable {
        package var runtime: Runtime
        package var balancer: Balancer
        package var prober: any Prober
        package var clock: Time
        package var store: StateStore
        package var units: any UnitKeeping
        package var board: StatusBoard
        package var turns: StartTurns
        package var logger: Logger

        package init(
            runtime: Runtime,
            balancer: Balancer,
            prober: any Prober,
            clock: Time,
            store: StateStore,
            units: any UnitKeeping,
            board: StatusBoard,
            turns: StartTurns,
            logger: Logger
        ) {
            self.runtime = runtime
            self.balancer = balancer
            self.prober = prober
            self.clock = clock
            self.store = store
            self.units = units
            self.board = board
            self.turns = turns
            self.logger = logger
        }
    }

    /// The databases that only units name.
    package struct UnitDatabases: Sendable {
        /// Takes whether a service needs the database of units that name none.
        package var useDefault: @Sendable (Bool) -> Void
        /// Takes a service that no longer has a unit.
        package var forget: @Sendable (ServiceID) -> Void

        package init(
            useDefault: @escaping @Sendable (Bool) -> Void,
            forget: @escaping @Sendable (ServiceID) -> Void
        ) {
            self.useDefault = useDefault
            self.forget = forget
        }
    }
}
