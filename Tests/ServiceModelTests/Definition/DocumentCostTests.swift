import FoundationEssentials
import Glibc
import ServiceModel
import Testing

/// What decoding costs: memory and time follow a document's bytes, however deep and odd it is.
@Suite struct DocumentCostTests {
    /// So many zeros in a list that lies in `depth` objects, whose keys are as long as a path shows.
    private static func document(values: Int, depth: Int) -> [UInt8] {
        let key = String(repeating: "k", count: 60)
        let zeros = Array(repeating: "0", count: values).joined(separator: ",")
        return Array(
            (#"{"image": "web", "port": 80, "comment": "#
                + String(repeating: "{\"\(key)\": ", count: depth) + "[\(zeros)]"
                + String(repeating: "}", count: depth) + "}").utf8
        )
    }

    @Test func `a document of 404 KB takes less than 100 MB to decode, at any depth`() async {
        await #expect(processExitsWith: .success) {
            let document = Self.document(values: 200_000, depth: 60)
            let before = Self.peakMemory
            #expect(ServiceDefinition.decode(document).definition != nil)
            #expect(before > 0)
            #expect(Self.peakMemory - before < 100_000)
        }
    }

    @Test func `a value that lies deep costs the same as one that doesn't`() {
        let flat = Self.document(values: 20_000, depth: 1)
        let deep = Self.document(values: 20_000, depth: 60)
        #expect(Self.cost(of: deep) < Self.cost(of: flat) * 2)
    }

    @Test func `a document that is four times as large costs no more than that, also when all of it is wrong`() {
        func document(_ count: Int) -> [UInt8] {
            let limits = (0..<count).map { "\"limit\($0)\": 1" }.joined(separator: ", ")
            let addresses = Array(repeating: "{}", count: count).joined(separator: ",")
            return Array(
                #"{"image": "web", "port": 80, "ulimits": {\#(limits)}, "address": [\#(addresses)], "weight": 0}"#.utf8
            )
        }
        let (small, large) = (document(4000), document(16000))
        #expect(ServiceDefinition.decode(large).errors.count == DefinitionReport.maximumFindings)
        #expect(Self.cost(of: large) < Self.cost(of: small) * 8)
    }

    /// The least processor time of this thread, of three, that decoding takes: what else runs has no share in it.
    private static func cost(of document: [UInt8]) -> Duration {
        let costs = (0..<3).map { _ in
            let start = processorTime
            _ = ServiceDefinition.decode(document)
            return processorTime - start
        }
        return costs.min() ?? .zero
    }

    private static var processorTime: Duration {
        var time = timespec()
        clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time)
        return .seconds(time.tv_sec) + .nanoseconds(time.tv_nsec)
    }

    /// The most memory that this process has had, in kB (`VmHWM`, proc(5)).
    private static var peakMemory: Int {
        let status = (try? String(contentsOf: URL(filePath: "/proc/self/status"), encoding: .utf8)) ?? ""
        let line = status.split(separator: "\n").first { $0.hasPrefix("VmHWM:") }
        return line?.split(whereSeparator: \.isWhitespace).dropFirst().first.flatMap { Int($0) } ?? 0
    }
}
