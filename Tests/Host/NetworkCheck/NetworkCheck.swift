import Glibc
import Addresses
import HostNetwork

/// Applies a plan to the host it runs on, for tests in a test host or in a network namespace of its own.
///
/// ```
/// network-check forget ADDRESS SERVER
/// network-check apply|check|remove|prepare|addresses [--iptables FOLDER] [--address ADDRESS]… [--bridge INTERFACE=SUBNET]…
///     [--port CONTAINER,BRIDGE,PID|-,MAC|-]… [--destination BRIDGE=[udp://]ADDRESS:PORT]…
/// ```
/// Prints one line per change and, with a `!` before it, per finding. Exit status: 0 done and nothing wrong, 1 findings,
/// 2 usage, 3 failed.
@main
struct NetworkCheck {
    static func main() async {
        do {
            exit(try await run(Array(CommandLine.arguments.dropFirst())))
        } catch let error as HostNetworkError {
            print("failed: \(error)")
            exit(3)
        } catch {
            print("usage: \(error)")
            exit(2)
        }
    }

    private static func run(_ arguments: [String]) async throws -> Int32 {
        if arguments.first == "forget" {
            guard arguments.count == 3 else { throw UsageError(argument: "forget") }
            let service = try ServiceAddress(arguments[1])
            print(try await ConnectionTracking().forget(service, at: try Endpoint(arguments[2])))
            return 0
        }
        let (plan, places) = try parse(arguments.dropFirst())
        let network = HostNetwork(places)
        switch arguments.first {
        case "apply":
            report(try await network.apply(plan))
            // The second time there must be nothing left to do.
            let again = try await network.apply(plan)
            for change in again { print("again: \(change)") }
            return report(await network.check()) + (again.isEmpty ? 0 : 4)
        case "check": return report(await network.check(plan))
        case "remove":
            report(try await network.remove())
            return 0
        case "prepare":
            let (changes, findings) = await network.prepareHost()
            report(changes)
            return report(findings)
        case "addresses":
            for address in try AddressWatch().localAddresses().sorted() { print(address) }
            return 0
        default: throw UsageError(argument: arguments.first ?? "")
        }
    }

    private static func parse(_ arguments: ArraySlice<String>) throws -> (HostNetworkPlan, HostNetwork.Places) {
        var plan = HostNetworkPlan()
        var places = HostNetwork.Places()
        var rest = arguments
        while let option = rest.popFirst() {
            guard let value = rest.popFirst() else { throw UsageError(argument: option) }
            switch option {
            case "--address": plan.addresses.insert(try ServiceAddress(value))
            case "--bridge":
                let parts = value.split(separator: "=")
                guard parts.count == 2, let subnet = Subnet(parts[1]) else { throw UsageError(argument: value) }
                plan.bridges.insert(ServerBridge(interface: String(parts[0]), subnet: subnet))
            case "--port":
                let parts = value.split(separator: ",").map(String.init)
                guard parts.count == 4 else { throw UsageError(argument: value) }
                plan.ports.insert(
                    ServerPort(
                        container: parts[0],
                        bridge: parts[1],
                        processID: Int32(parts[2]),
                        macAddress: MACAddress(parts[3])
                    )
                )
            case "--destination":
                let parts = value.split(separator: "=").map(String.init)
                guard parts.count == 2 else { throw UsageError(argument: value) }
                let server = try ServiceAddress(parts[1])
                plan.destinations.insert(
                    ServerDestination(bridge: parts[0], transport: server.transport, endpoint: server.endpoint)
                )
            case "--iptables": places.runner.folders.insert(value, at: 0)
            case "--settings": places.settings = value
            default: throw UsageError(argument: option)
            }
        }
        return (plan, places)
    }

    private static func report(_ changes: [HostNetworkChange]) {
        for change in changes { print(change) }
    }

    private static func report(_ findings: [HostNetworkFinding]) -> Int32 {
        for finding in findings { print("! \(finding)") }
        return findings.isEmpty ? 0 : 1
    }
}

/// An argument that isn't understood.
struct UsageError: Error, CustomStringConvertible {
    var argument: String
    var description: String { "don't understand \(argument.debugDescription)" }
}
