import ControlAPI
import ControlServer
import ServiceModel
import Synchronization

/// A daemon whose state a test sets.
final class StandInBackend: ControlBackend {
    private struct State {
        var document: StatusDocument
        var asked: [String] = []
        var listeners: [Int: AsyncStream<Void>.Continuation] = [:]
        var lastListener = 0
        var logRequests: [String] = []
        var hosts: HostsDocument?
        var checks: [HostCheck] = []
        var history = ServiceHistory()
        var logs: LogReader?
    }

    private let state: Mutex<State>

    init(_ services: [ServiceStatus]) { state = Mutex(State(document: Fixtures.document(services))) }

    var listenerCount: Int { state.withLock { $0.listeners.count } }
    var asked: [String] { state.withLock { $0.asked } }
    var logRequests: [String] { state.withLock { $0.logRequests } }

    func set(_ services: [ServiceStatus]) {
        let listeners = state.withLock { state in
            state.document.services = services
            return Array(state.listeners.values)
        }
        for listener in listeners { listener.yield() }
    }

    /// Ends all streams, as a daemon that leaves.
    func finish() {
        for listener in state.withLock({ Array($0.listeners.values) }) { listener.finish() }
    }

    func statuses() async -> StatusDocument { state.withLock { $0.document } }

    func setSources(_ sources: [DaemonStatus.Source]) { state.withLock { $0.document.daemon.sources = sources } }

    func setHosts(_ document: HostsDocument?) { state.withLock { $0.hosts = document } }

    func hosts() async -> Result<HostsDocument, ControlRefusal> {
        guard let document = state.withLock({ $0.hosts }) else {
            return .failure(.conflict("no status database is configured", next: "set status_database_url"))
        }
        return .success(document)
    }

    func setHistory(_ history: ServiceHistory) { state.withLock { $0.history = history } }

    func history(of service: String) async -> ServiceHistory { state.withLock { $0.history } }

    func definition(of service: String, revision: String?) async -> Result<DefinitionDocument, ControlRefusal> {
        guard revision != "0-gone" else {
            return .failure(.missing("\(service) has no revision 0-gone", next: "smctl history \(service) lists them"))
        }
        let document = #"{"image":"web:1","port":80,"environment":{"A":"b\u001b"},"command":["a","b"]}"#
        return .success(DefinitionDocument(service: service, revision: revision ?? "9-44ab", document: document))
    }

    func setChecks(_ checks: [HostCheck]) { state.withLock { $0.checks = checks } }

    func doctor(isPreflight: Bool) async -> DoctorDocument {
        DoctorDocument(at: Fixtures.now, checks: state.withLock { $0.checks })
    }

    func changes() -> AsyncStream<Void> {
        let (stream, continuation) = AsyncStream.makeStream(of: Void.self, bufferingPolicy: .bufferingNewest(1))
        let number = state.withLock { state in
            state.lastListener += 1
            state.listeners[state.lastListener] = continuation
            return state.lastListener
        }
        continuation.onTermination = { [weak self] _ in self?.state.withLock { $0.listeners[number] = nil } }
        continuation.yield()
        return stream
    }

    func perform(
        _ verb: OperatorVerb,
        on service: String,
        _ request: OperatorRequest,
        by peer: PeerCredentials
    ) async -> Result<String, ControlRefusal> {
        state.withLock { state in
            let hasFailed = state.document.services.contains { $0.name == service && !$0.failed.isEmpty }
            if verb == .retry, !hasFailed {
                return .failure(
                    .conflict(
                        "no revision of \(service) failed: there is nothing to retry",
                        next: "smctl status \(service) says how it is"
                    )
                )
            }
            let particulars = [request.reason, request.revision, request.backend, request.force.map { "\($0)" }]
            state.asked.append(([verb.rawValue, service] + particulars.compactMap(\.self)).joined(separator: " "))
            return .success("done")
        }
    }

    func setLogs(_ reader: @escaping LogReader) { state.withLock { $0.logs = reader } }

    func logs(of service: String, revision: String?, tail: Int, follow: Bool) async -> Result<LogReader, ControlRefusal>
    {
        state.withLock { $0.logRequests.append("\(service) \(revision ?? "-") \(tail) \(follow)") }
        guard revision != "0-gone" else {
            return .failure(.missing("\(service) has no revision 0-gone", next: "smctl history \(service) lists them"))
        }
        if let reader = state.withLock(\.logs) { return .success(reader) }
        return .success { handle in for number in 1...3 { try await handle("line \(number)") } }
    }
}
