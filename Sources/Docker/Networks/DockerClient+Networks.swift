import NIOHTTP1
import PercentEncoding

extension DockerClient {
    /// What the engine knows about a network; nil if there's none with that name or id.
    package func inspectNetwork(_ name: String) async throws(DockerError) -> NetworkDetails? {
        let call = Call(.GET, "/networks/\(name.percentEncoded)")
        do throws(DockerError) {
            return try await decode(NetworkDetails.self, from: call, limit: limits.query)
        } catch  where error.isNotFound {
            return nil
        }
    }

    /// All networks.
    package func listNetworks() async throws(DockerError) -> [NetworkDetails] {
        try await decode([NetworkDetails].self, from: Call(.GET, "/networks"), limit: limits.query)
    }
}
