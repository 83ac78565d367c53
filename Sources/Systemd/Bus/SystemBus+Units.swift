extension SystemBus {
    private static let unit = "org.freedesktop.systemd1.Unit"
    private static let properties = "org.freedesktop.DBus.Properties"

    /// A unit's state.
    ///
    /// systemd loads its file if it hasn't yet.
    ///
    /// - Parameter name: The unit's name with its suffix.
    /// - Returns: The state; for an unknown unit its `loadState` is "not-found".
    /// - Throws: `SystemdError`, for example for an invalid unit name.
    package func unitState(_ name: String) async throws(SystemdError) -> UnitState {
        let state = try readState(name, path: try unitPath(name))
        processLater()
        return state
    }

    /// The units in memory whose names match one of the patterns.
    ///
    /// - Parameter patterns: Shell patterns such as "web@*"; all units if there is none.
    /// - Returns: One entry per unit.
    /// - Throws: `SystemdError`.
    package func units(patterns: [String]) async throws(SystemdError) -> [UnitSummary] {
        let operation = "ListUnitsByPatterns \(patterns.joined(separator: " "))"
        let reply = try call(Self.manager, "ListUnitsByPatterns", operation: operation) {
            message throws(BusFormatError) in
            try message.append([])
            try message.append(patterns)
        }
        processLater()
        do {
            var units: [UnitSummary] = []
            try reply.each("(ssssssouso)") { () throws(BusFormatError) in
                let unit = try reply.inside("r", "ssssssouso") { () throws(BusFormatError) in
                    let name = try reply.string()
                    try reply.skip("s")
                    var unit = UnitSummary(
                        name: name,
                        loadState: try reply.string(),
                        activeState: try reply.string(),
                        subState: try reply.string()
                    )
                    try reply.skip("so")
                    let job = try reply.uint32()
                    let type = try reply.string()
                    try reply.skip("o")
                    if job != 0 { unit.job = JobType(type) }
                    return unit
                }
                units.append(unit)
            }
            return units
        } catch {
            throw .malformed(operation: operation)
        }
    }

    /// The unit's object path.
    ///
    /// systemd is asked for it, because it escapes names in the path.
    func unitPath(_ name: String) throws(SystemdError) -> String {
        let operation = "LoadUnit \(name)"
        let reply = try call(Self.manager, "LoadUnit", operation: operation) { message throws(BusFormatError) in
            try message.append(name)
        }
        guard let path = try? reply.string("o") else { throw .malformed(operation: operation) }
        return path
    }

    func readState(_ name: String, path: String) throws(SystemdError) -> UnitState {
        let operation = "read the state of \(name)"
        let reply = try call(Self.properties, "GetAll", path: path, operation: operation) {
            message throws(BusFormatError) in try message.append(Self.unit)
        }
        var state = UnitState(name: name, loadState: "", activeState: "")
        var jobPath: String?
        do {
            try reply.each("{sv}") { () throws(BusFormatError) in
                try reply.inside("e", "sv") { () throws(BusFormatError) in
                    try Self.read(reply, try reply.string(), into: &state, jobPath: &jobPath)
                }
            }
        } catch {
            throw .malformed(operation: operation)
        }
        if let jobPath { state.job = try jobType(jobPath) }
        if state.name.hasSuffix(".service"), state.loadState == "loaded" {
            state.service = try serviceState(path, operation: operation)
        }
        return state
    }

    private static func read(
        _ reply: borrowing BusMessage,
        _ property: String,
        into state: inout UnitState,
        jobPath: inout String?
    ) throws(BusFormatError) {
        switch property {
        case "Id": state.name = try reply.variant()
        case "LoadState": state.loadState = try reply.variant()
        case "ActiveState": state.activeState = try reply.variant()
        case "SubState": state.subState = try reply.variant()
        case "FragmentPath": state.fragmentPath = try reply.variant()
        case "DropInPaths":
            try reply.enter("v", "as")
            state.dropInPaths = try reply.strings()
            try reply.exit()
        case "ActiveEnterTimestampMonotonic": state.activeEnterTimestampMonotonic = try time(reply)
        case "ActiveExitTimestampMonotonic": state.activeExitTimestampMonotonic = try time(reply)
        case "InactiveEnterTimestampMonotonic": state.inactiveEnterTimestampMonotonic = try time(reply)
        case "Requires", "Requisite", "BindsTo", "PartOf":
            try reply.enter("v", "as")
            state.stopsWith.formUnion(try reply.strings())
            try reply.exit()
        case "NeedDaemonReload":
            try reply.enter("v", "b")
            state.needDaemonReload = try reply.bool()
            try reply.exit()
        case "Job":
            try reply.enter("v", "(uo)")
            try reply.enter("r", "uo")
            let id = try reply.uint32()
            let path = try reply.string("o")
            if id != 0 { jobPath = path }
            try reply.exit()
            try reply.exit()
        default: try reply.skip("v")
        }
    }

    private static func time(_ reply: borrowing BusMessage) throws(BusFormatError) -> UInt64 {
        try reply.enter("v", "t")
        let time = try reply.uint64()
        try reply.exit()
        return time
    }

    /// The type of a job; nil when the job has ended meanwhile.
    private func jobType(_ path: String) throws(SystemdError) -> JobType? {
        do throws(SystemdError) {
            let reply = try get("org.freedesktop.systemd1.Job", "JobType", path: path)
            guard let text = try? reply.variant() else { throw .malformed(operation: "read a job") }
            return JobType(text)
        } catch {
            guard case .refused = error else { throw error }
            return nil
        }
    }

    private func serviceState(_ path: String, operation: String) throws(SystemdError) -> ServiceState {
        let interface = "org.freedesktop.systemd1.Service"
        let result = try get(interface, "Result", path: path)
        let process = try get(interface, "MainPID", path: path)
        let status = try get(interface, "ExecMainStatus", path: path)
        let code = try get(interface, "ExecMainCode", path: path)
        let restarts = try get(interface, "NRestarts", path: path)
        let commands = try get(interface, "ExecStart", path: path)
        do {
            try process.enter("v", "u")
            try status.enter("v", "i")
            try code.enter("v", "i")
            try restarts.enter("v", "u")
            var programs: [String] = []
            try commands.enter("v", "a(sasbttttuii)")
            try commands.each("(sasbttttuii)") { () throws(BusFormatError) in
                try commands.inside("r", "sasbttttuii") { () throws(BusFormatError) in
                    programs.append(try commands.string())
                    try commands.skip("asbttttuii")
                }
            }
            return ServiceState(
                result: try result.variant(),
                mainPID: try process.uint32(),
                execMainStatus: try status.int32(),
                execMainCode: try code.int32(),
                restarts: try restarts.uint32(),
                programs: programs
            )
        } catch {
            throw .malformed(operation: operation)
        }
    }

    private func get(_ interface: String, _ property: String, path: String) throws(SystemdError) -> BusMessage {
        try call(Self.properties, "Get", path: path, operation: "read \(property)") { message throws(BusFormatError) in
            try message.append(interface)
            try message.append(property)
        }
    }
}
