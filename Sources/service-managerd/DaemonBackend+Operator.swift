import Addresses
import BlockingCalls
import ControlAPI
import ControlServer
import ServiceManager
import ServiceModel

#if canImport(Glibc)
import Glibc
#endif

extension DaemonBackend {
    func perform(
        _ verb: OperatorVerb,
        on service: String,
        _ request: OperatorRequest,
        by peer: PeerCredentials
    ) async -> Result<String, ControlRefusal> {
        guard let rollout = board.registry.rollouts.first(where: { $0.service.rawValue == service }) else {
            return .failure(.conflict("the service \(service) no longer exists", next: "smctl status"))
        }
        let note = OperatorNote(by: request.by ?? Self.name(of: peer), reason: request.reason)
        do throws(OperatorRefusal) {
            let plan: OperatorPlan
            switch verb {
            case .retry: plan = try .retry(rollout, left: board.left(of: rollout.service))
            case .pause: plan = try .pause(rollout, note)
            case .resume: plan = try .resume(rollout)
            case .rollback: plan = try await rollback(rollout, to: request.revision, note)
            case .promote: plan = try .promote(rollout)
            case .abort: plan = try .abort(rollout, note)
            case .drain: plan = try .drain(rollout, request.backend ?? "1", isForced: request.force ?? false)
            case .undrain: plan = try .undrain(rollout, request.backend)
            case .restart: plan = try .restart(rollout, note)
            case .start:
                plan = try .start(rollout)
                return order(.start, rollout.service, plan)
            case .stop:
                plan = try .stop(rollout)
                return order(.stop, rollout.service, plan)
            case .adopt: return await adopt(rollout, request)
            }
            for event in plan.events { inbox.send(.service(rollout.service, event)) }
            await board.registry.changed(from: rollout)
            return .success(plan.message)
        } catch {
            return .failure(.conflict(error.message, next: error.next))
        }
    }

    /// It is a unit that is started or stopped: what systemd does then, and what it says to others, is as with systemctl.
    private func order(
        _ order: ManagerOrder,
        _ service: ServiceID,
        _ plan: OperatorPlan
    ) -> Result<String, ControlRefusal> {
        guard let units else {
            return .failure(
                .conflict(
                    "services run without units here (units: none), so none can be started or stopped",
                    next: "set \"enabled\" in the definition of \(service)"
                )
            )
        }
        units.carryOut(order, of: service)
        return .success(plan.message)
    }

    /// Plans a rollback, for which the kept definitions are read from disk.
    private func rollback(
        _ rollout: Rollout,
        to revision: String?,
        _ note: OperatorNote
    ) async throws(OperatorRefusal) -> OperatorPlan {
        let (store, policy) = (store, policy)
        let planned = await BlockingPool.calls.run {
            Result { () throws(OperatorRefusal) in
                try OperatorPlan.rollback(rollout, to: revision, note, policy: policy) {
                    store.definition(of: rollout.service, $0)
                }
            }
        }
        return try planned.get()
    }

    private func adopt(_ rollout: Rollout, _ request: OperatorRequest) async -> Result<String, ControlRefusal> {
        guard let container = request.container, !container.isEmpty else {
            return .failure(.conflict("container: expected a container's name or id, found none", next: "docker ps"))
        }
        var address: ServiceAddress?
        if let text = request.address {
            do throws(AddressError) {
                address = try ServiceAddress(text)
            } catch {
                return .failure(.conflict("address: \(error)", next: "such as 172.18.0.1:7001"))
            }
        }
        do throws(OperatorRefusal) {
            let plan = try await adoption.plan(container, at: address, for: rollout)
            for event in plan.events { inbox.send(.service(rollout.service, event)) }
            await board.registry.changed(from: rollout)
            await adoption.taken(plan, by: rollout.service)
            return .success(plan.message)
        } catch {
            return .failure(.conflict(error.message, next: error.next))
        }
    }

    private static func name(of peer: PeerCredentials) -> String {
        var entry = passwd()
        var found: UnsafeMutablePointer<passwd>?
        var buffer = [CChar](repeating: 0, count: 4096)
        guard getpwuid_r(peer.uid, &entry, &buffer, buffer.count, &found) == 0, found != nil, let name = entry.pw_name
        else {
            return "user \(peer.uid)"
        }
        return String(cString: name)
    }
}
