import Glibc
import IPVS

/// The client against a real kernel, and against what `ipvsadm` says of it.
struct Checks {
    let client = IPVSClient()
    let report = Report()

    func all() async throws {
        _ = shell("ipvsadm -C")
        try await services()
        try await destinations()
        try await batchWithFailures()
        try await timeouts()
        try await concurrency()
        try await lostAnswers()
        try await reloadedModule()
        report.end()
    }

    /// The table as we see it is the table as `ipvsadm` sees it.
    private func compare(_ what: String) async throws {
        let ours = try await client.snapshot().rules.split(separator: "\n").map(String.init).sorted()
        report.expect(ours, rulesOfIpvsadm(), what)
    }

    private func services() async throws {
        let info = try await client.info()
        report.expect(info.version.description, "1.2.1", "version")
        report.expect(info.connectionTableSize > 0, "connection table", "\(info)")
        report.expect(try await client.snapshot().entries.count, 0, "an empty table")
        for service in try Samples.services() {
            try await client.add(service)
            report.expect(
                try await client.virtualService(service.identity)?.service,
                service,
                "read back what was added"
            )
            await report.expect(.serviceExists(service.identity), "add again") { () throws(IPVSError) in
                try await client.add(service)
            }
        }
        try await compare("services after adding")
        for var service in try Samples.services() where service.identity.family == .ipv4 {
            service.scheduler = .maglevHashing
            service.flags = [.maglevHashingFallback, .maglevHashingPort]
            service.persistence = Persistence(timeout: .seconds(77), prefixLength: 16)
            try await client.edit(service)
            report.expect(
                try await client.virtualService(service.identity)?.service,
                service,
                "read back what was edited"
            )
        }
        try await compare("services after editing")
        let missing = VirtualService(try ServiceAddress("172.18.0.1:9"))
        await report.expect(.noSuchService(missing.identity), "edit none") { () throws(IPVSError) in
            try await client.edit(missing)
        }
        await report.expect(.noSuchService(missing.identity), "remove none") { () throws(IPVSError) in
            try await client.remove(missing.identity)
        }
        await report.expect(.noSuchService(missing.identity), "destinations of none") { () throws(IPVSError) in
            try await client.destinations(of: missing.identity)
        }
        let nosuch = VirtualService(try ServiceAddress("172.18.0.1:9"), scheduler: Scheduler(rawValue: "nosuch"))
        await report.expect(.noSuchScheduler(nosuch.scheduler), "unknown scheduler") { () throws(IPVSError) in
            try await client.add(nosuch)
        }
        let before = rulesOfIpvsadm()
        report.expect(try await client.hasScheduler(nosuch.scheduler), false, "it has no such scheduler")
        for scheduler in [Scheduler.maglevHashing, .sourceHashing, .weightedOverflow] {
            report.expect(try await client.hasScheduler(scheduler), true, "it has \(scheduler)")
        }
        report.expect(rulesOfIpvsadm(), before, "asking for schedulers leaves nothing behind")
        var all = try Samples.services()
        all[0].scheduler = .sourceHashing
        try await client.addOrEdit(all[0])
        report.expect(try await client.virtualService(all[0].identity)?.service, all[0], "add or edit what exists")
    }

    private func destinations() async throws {
        for (destination, service) in try Samples.destinations() {
            try await client.add(destination, to: service)
            let found = try await client.destinations(of: service).map(\.destination)
            report.expect(found.contains(destination), "read back \(destination.identity) of \(service)", "\(found)")
            await report.expect(.destinationExists(destination.identity, of: service), "add again") {
                () throws(IPVSError) in
                try await client.add(destination, to: service)
            }
        }
        try await compareWithoutThresholds("destinations after adding")
        for (destination, service) in try Samples.destinations() {
            var edited = destination
            edited.weight = 0
            edited.upperThreshold = 0
            edited.lowerThreshold = 0
            try await client.addOrEdit(edited, of: service)
            let found = try await client.destinations(of: service).map(\.destination)
            report.expect(found.contains(edited), "read back what was edited", "\(found)")
        }
        try await compare("destinations after editing")
        for (destination, service) in try Samples.destinations() {
            try await client.remove(destination.identity, from: service)
            await report.expect(.noSuchDestination(destination.identity, of: service), "remove again") {
                () throws(IPVSError) in try await client.remove(destination.identity, from: service)
            }
            await report.expect(.noSuchDestination(destination.identity, of: service), "edit none") {
                () throws(IPVSError) in try await client.edit(destination, of: service)
            }
        }
        try await compare("destinations after removing")
        for service in try Samples.services() { try await client.remove(service.identity) }
        report.expect(rulesOfIpvsadm(), [], "nothing left")
    }

    /// `ipvsadm -Sn` doesn't print thresholds.
    private func compareWithoutThresholds(_ what: String) async throws {
        let ours = try await client.snapshot().rules.split(separator: "\n").map { line in
            String(line[..<(line.firstRange(of: " -x ")?.lowerBound ?? line.endIndex)])
        }
        report.expect(ours.sorted(), rulesOfIpvsadm(), what)
    }

    private func batchWithFailures() async throws {
        let service = VirtualService(try ServiceAddress("172.18.0.1:7001"))
        var operations: [IPVSOperation] = [.addService(service)]
        for number in 1...200 {
            operations.append(.addDestination(try Samples.destination(number), of: service.identity))
        }
        // Every destination a second time, and one of a service that isn't there.
        operations += operations.dropFirst()
        operations.append(.removeService(.firewallMark(1, .ipv6)))
        let failures = try await client.apply(operations)
        report.expect(failures.map(\.index), Array(201...401), "the failures are told by their place")
        report.expect(
            failures.prefix(200).allSatisfy { if case .destinationExists = $0.error { true } else { false } },
            "200 that exist"
        )
        report.expect(failures.last?.error, .noSuchService(.firewallMark(1, .ipv6)), "one without a service")
        report.expect(try await client.destinations(of: service.identity).count, 200, "200 destinations")
        try await compare("after a batch")
        try await client.remove(service.identity)
    }

    private func timeouts() async throws {
        let before = try await client.timeouts()
        try await client.setTimeouts(Timeouts(tcp: .seconds(901), tcpFinish: .zero, udp: .seconds(31)))
        let expected = Timeouts(tcp: .seconds(901), tcpFinish: before.tcpFinish, udp: .seconds(31))
        report.expect(try await client.timeouts(), expected, "timeouts")
        let theirs = shell("ipvsadm -ln --timeout").output
        report.expect(theirs.contains("901 \(before.tcpFinish.components.seconds) 31"), "timeouts of ipvsadm", theirs)
        try await client.setTimeouts(before)
    }

    /// Reading while others write neither fails nor tells of anything twice.
    private func concurrency() async throws {
        let operations = try Samples.table(services: 100, destinations: 2)
        let removals = operations.compactMap { operation -> IPVSOperation? in
            if case .addService(let service) = operation { .removeService(service.identity) } else { nil }
        }
        let (snapshots, failed) = try await withThrowingTaskGroup(of: Int.self) { group in
            group.addTask {
                let writer = IPVSClient()
                var failed = 0
                for _ in 0..<20 {
                    failed += try await writer.apply(operations).count
                    failed += try await writer.apply(removals).count
                }
                return -failed - 1
            }
            group.addTask { [client] in
                var count = 0
                while !Task.isCancelled {
                    let entries = try await client.snapshot().entries
                    guard Set(entries.map(\.service.service.identity)).count == entries.count else { return 0 }
                    count += 1
                }
                return count
            }
            let writer = try await group.next() ?? 0
            group.cancelAll()
            return (try await group.next() ?? 0, -writer - 1)
        }
        report.expect(failed, 0, "20 × \(operations.count + removals.count) operations beside a reader")
        report.expect(snapshots > 0, "snapshots beside a writer")
        print("\(snapshots) snapshots beside a writer")
    }

    /// With the smallest receive buffer there is, refusals of a batch are lost: told as unknown, never as done.
    private func lostAnswers() async throws {
        let normal = shell("sysctl -n net.core.rmem_max").output
        _ = shell("sysctl -q -w net.core.rmem_max=2304")
        let small = IPVSClient()
        let service = VirtualService(try ServiceAddress("172.18.0.1:7001"))
        var operations: [IPVSOperation] = [.addService(service)]
        for number in 1...63 {
            operations.append(.addDestination(try Samples.destination(number), of: service.identity))
        }
        report.expect(try await small.apply(operations), [], "there is room for one acknowledgement")
        let failures = try await small.apply(operations)
        _ = shell("sysctl -q -w net.core.rmem_max=\(normal)")
        let unknown = failures.count { $0.error == .unknownOutcome }
        report.expect(failures.count, 64, "what was refused isn't told as done")
        report.expect(unknown > 0, "answers are lost")
        report.expect(try await small.destinations(of: service.identity).count, 63, "the table is as it was")
        print("\(unknown) of 64 refusals lost in a receive buffer of 4608 bytes")
        try await client.remove(service.identity)
    }

    /// The kernel loads the module when asked for it, unless it may not; and one loaded anew has another family number.
    private func reloadedModule() async throws {
        let schedulers = "ip_vs_rr ip_vs_wrr ip_vs_lc ip_vs_wlc ip_vs_sh ip_vs_mh ip_vs_sed ip_vs_nq ip_vs_ovf"
        let modules = "\(schedulers) ip_vs_pe_sip ip_vs"
        let unload = "modprobe -r \(modules) 2>&1; lsmod | grep -c '^ip_vs '"
        let forbidden = shell("sysctl -n kernel.modprobe; sysctl -q -w kernel.modprobe=/bin/false; \(unload)").output
        report.expect(forbidden, "/sbin/modprobe\n0\n", "unload ip_vs")
        await report.expect(.moduleNotLoaded, "no module") { () throws(IPVSError) in try await client.virtualServices()
        }
        await report.expect(.moduleNotLoaded, "no module") { () throws(IPVSError) in try await IPVSClient().info() }
        _ = shell("sysctl -q -w kernel.modprobe=/sbin/modprobe")
        report.expect(try await client.virtualServices().count, 0, "the kernel loads the module")
        let kept = IPVSClient()
        _ = try await kept.info()
        report.expect(shell(unload).output, "0\n", "unload ip_vs again")
        _ = shell("modprobe ip_vs")
        let service = VirtualService(try ServiceAddress("172.18.0.1:7001"))
        report.expect(try await kept.apply([.addService(service)]), [], "after the module was loaded anew")
        try await kept.remove(service.identity)
    }
}
