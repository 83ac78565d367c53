import Glibc
import IPVS

/// Runs inside the test host: Tests/Host/ipvs.test.
@main
struct IPVSCheck {
    static func main() async throws {
        switch CommandLine.arguments.dropFirst().first {
        case "check":
            let checks = Checks()
            try await checks.all()
            exit(checks.report.failures == 0 ? 0 : 1)
        case "benchmark":
            let benchmark = Benchmark(rounds: 5)
            try await benchmark.run()
            exit(benchmark.report.failures == 0 ? 0 : 1)
        case "unprivileged":
            let report = Report()
            let service = VirtualService(try ServiceAddress("172.18.0.1:7001"))
            let client = IPVSClient()
            await report.expect(.notPermitted, "write unprivileged") { () throws(IPVSError) in
                try await client.add(service)
            }
            await report.expect(.notPermitted, "read unprivileged") { () throws(IPVSError) in
                try await client.snapshot()
            }
            report.end()
            exit(report.failures == 0 ? 0 : 1)
        default:
            print("usage: ipvs-check check | benchmark | unprivileged")
            exit(2)
        }
    }
}
