import IPVS

/// The same 5,000 rules by us and by `ipvsadm -R`, in turns.
struct Benchmark {
    let client = IPVSClient()
    let rounds: Int
    let report = Report()

    func run() async throws {
        let operations = try Samples.table(services: 1000, destinations: 4)
        let removals = operations.compactMap { operation -> IPVSOperation? in
            if case .addService(let service) = operation { .removeService(service.identity) } else { nil }
        }
        let rules = operations.map { operation in
            switch operation {
            case .addService(let service): service.rule
            case .addDestination(let destination, let service): destination.rule(of: service)
            case .editService, .removeService, .editDestination, .removeDestination: ""
            }
        }
        write(rules.map { $0 + "\n" }.joined(), to: "/tmp/rules")
        _ = shell("ipvsadm -C")
        var times: [String: [Duration]] = [:]
        let clock = ContinuousClock()
        for _ in 0..<rounds {
            var failed = 0
            times["batched", default: []].append(
                try await clock.measure { failed += try await client.apply(operations).count }
            )
            let ours = rulesOfIpvsadm()
            times["snapshot", default: []].append(
                try await clock.measure { failed += try await client.snapshot().entries.count - 1000 }
            )
            times["remove", default: []].append(
                try await clock.measure { failed += try await client.apply(removals).count }
            )
            times["one by one", default: []].append(
                try await clock.measure {
                    for operation in operations { failed += try await client.apply([operation]).count }
                }
            )
            _ = try await client.apply(removals)
            times["ipvsadm -R", default: []].append(
                clock.measure { failed += Int(shell("ipvsadm -R </tmp/rules").status) }
            )
            let theirs = rulesOfIpvsadm()
            _ = shell("ipvsadm -C")
            report.expect(failed, 0, "operations that failed")
            report.expect(ours.count, operations.count, "our rules")
            report.expect(
                ours == theirs,
                "the same rules as ipvsadm's",
                "\(ours.count) of ours, \(theirs.count) of theirs"
            )
        }
        for (name, durations) in times.sorted(by: { $0.key < $1.key }) {
            let all = durations.map { text(milliseconds($0)) }.joined(separator: " ")
            print("\(name): median \(text(median(durations))) ms of \(all)")
        }
        let ratio = median(times["ipvsadm -R"] ?? []) / max(median(times["batched"] ?? []), 0.001)
        print("\(operations.count) operations: ipvsadm -R takes \(text(ratio)) times as long")
        report.expect(ratio >= 5, "at least five times as fast as ipvsadm -R", text(ratio))
        report.end()
    }
}
