/// A listener to a unit's state.
struct UnitListener {
    let name: String
    let states: AsyncStream<UnitState>.Continuation
    /// The unit's object path on the current connection; nil before it was requested.
    var path: String?
    /// Whether the state must be read again.
    var isStale = true
    var last: UnitState?

    init(name: String, states: AsyncStream<UnitState>.Continuation) {
        self.name = name
        self.states = states
    }
}

extension SystemBus {
    /// A unit's state now and whenever it changes.
    ///
    /// The stream outlives the connection: after a broken connection it continues with the state that is found then. It ends
    /// only with the task that reads it. A slow reader gets the latest state.
    ///
    /// - Parameter name: The unit's name with its suffix, for example "docker.service".
    /// - Returns: The states, each different from the one before.
    package func listenToUnit(_ name: String) -> AsyncStream<UnitState> {
        let (stream, states) = AsyncStream.makeStream(of: UnitState.self, bufferingPolicy: .bufferingNewest(1))
        let id = nextID
        nextID += 1
        listeners[id] = UnitListener(name: name, states: states)
        states.onTermination = { [weak self] _ in self?.enter { $0.removeListener(id) } }
        processLater()
        return stream
    }

    private func removeListener(_ id: Int) {
        guard let path = listeners.removeValue(forKey: id)?.path else { return }
        if !listeners.values.contains(where: { $0.path == path }) { removeMatch(Self.rule(path)) }
    }

    func markListeners(where isMeant: (UnitListener) -> Bool) {
        for (id, listener) in listeners where isMeant(listener) { listeners[id]?.isStale = true }
    }

    /// Forgets the object paths, because every unit must be requested again after a new connection.
    func forgetPaths() {
        for id in listeners.keys {
            listeners[id]?.path = nil
            listeners[id]?.isStale = true
        }
    }

    /// Reads the states that may have changed, and sends those that have.
    func refreshListeners() {
        let stale = listeners.filter(\.value.isStale)
        for (id, listener) in stale {
            do {
                let path = try listener.path ?? newPath(listener.name)
                // Later signals concern a later state.
                listeners[id]?.path = path
                listeners[id]?.isStale = false
                let state = try readState(listener.name, path: path)
                if state != listener.last {
                    listeners[id]?.last = state
                    listener.states.yield(state)
                }
            } catch {
                listeners[id]?.isStale = true
                return reconnectLater()
            }
        }
        // A signal that arrived while the states were read may report another change.
        if !stale.isEmpty { processLater() }
    }

    private func newPath(_ name: String) throws(SystemdError) -> String {
        let path = try unitPath(name)
        try addMatch(Self.rule(path))
        return path
    }

    private static func rule(_ path: String) -> String {
        """
        type='signal',sender='org.freedesktop.systemd1',path='\(path)',interface='org.freedesktop.DBus.Properties',\
        member='PropertiesChanged'
        """
    }
}
