import Docker
import FoundationEssentials
import Logging
import NIOPosix
import ServiceManager
import ServiceModel
import TestSupport

/// One container that an engine has: what it lists, and what it answers when it is asked of that one.
struct ListedContainer: Sendable {
    var id: String
    var name: String
    var attempt = "1"
    var address = "172.17.0.2"
    var addresses = #"["172.18.0.1:7001"]"#
    /// The document in its label; nil for one that says what the others say.
    var document: String?
    /// The status of the answer; 200 when it is as the list says.
    var status = 200

    var network: String { #"{"Networks":{"bridge":{"IPAddress":"\#(address)","NetworkID":"net"}}}"# }

    func labels() throws -> [String: String] {
        let document = self.document ?? #"{"image": "web:1", "port": 80, "address": \#(addresses)}"#
        var labels = ContainerLabels.make(
            InstanceID(revision: try Revision("7-abcdef"), slot: 1, attempt: 1),
            of: try ServiceID("web"),
            document: [UInt8](document.utf8)
        )
        labels[ContainerLabels.attempt] = attempt
        return labels
    }

    func summary() throws -> String {
        let labels = String(decoding: try JSONEncoder().encode(labels()), as: UTF8.self)
        return #"""
            {"Id":"\#(id)","Names":["/\#(name)"],"ImageID":"sha256:1","State":"running","Labels":\#(labels),
            "NetworkSettings":\#(network)}
            """#
    }

    var details: StandInHTTPServer.Answer {
        guard status == 200 else { return .whole(status, #"{"message":"layer does not exist"}"#) }
        return .whole(
            200,
            #"""
            {"Id":"\#(id)","Name":"/\#(name)","Image":"sha256:1","State":{"Status":"running","Running":true,"Pid":7},
            "NetworkSettings":\#(network)}
            """#
        )
    }
}

/// What an engine answers when it is asked for Docker's default network.
let bridgeNetwork = StandInHTTPServer.Answer.whole(
    200,
    #"{"Id":"net","Name":"bridge","Driver":"bridge","IPAM":{"Config":[{"Subnet":"172.17.0.0/16"}]}}"#
)

/// Runs a runtime of an engine that has these containers.
///
/// - Parameters:
///   - containers: The containers, which are all on one network.
///   - network: The answer to who asks for that.
///   - body: What to do with the runtime, and with what it logs.
/// - Throws: What the body throws.
func withListedContainers(
    _ containers: [ListedContainer],
    network: StandInHTTPServer.Answer = bridgeNetwork,
    _ body: (DockerRuntime, RecordedLog) async throws -> Void
) async throws {
    let list = "[" + (try containers.map { try $0.summary() }).joined(separator: ",") + "]"
    try await StandInHTTPServer.run { request in
        let path = String(request.target.split(separator: "?")[0])
        switch path {
        case "/version": return .whole(200, #"{"ApiVersion":"1.43","MinAPIVersion":"1.12"}"#)
        case "/v1.43/networks": return .whole(200, "[]")
        case "/v1.43/networks/net": return network
        case "/v1.43/containers/json": return .whole(200, list)
        default:
            let found = containers.first { path == "/v1.43/containers/\($0.id)/json" }
            return found?.details ?? .whole(404, #"{"message":"no such container"}"#)
        }
    } _: { server in
        let client = DockerClient(socketPath: server.socketPath, group: MultiThreadedEventLoopGroup.singleton)
        let log = RecordedLog()
        let runtime = DockerRuntime(
            client: client,
            logins: RegistryLogins(path: "/nonexistent"),
            logger: log.logger
        )
        do {
            try await body(runtime, log)
        } catch {
            try await client.shutdown()
            throw error
        }
        try await client.shutdown()
    }
}
