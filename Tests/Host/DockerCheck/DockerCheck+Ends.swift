import Docker

extension DockerCheck {
    /// Containers that end by themselves, or badly.
    static func exits(_ client: DockerClient, _ events: EventLog, _ check: Check) async {
        do {
            let crash = try await client.createContainer(name: "docker-check-crash", ContainerSpec(image: "crash:1"))
            try await client.startContainer(crash)
            let die = await events.wait(crash, "die")
            check.that("a crash tells its code", die?.exitCode == 3, "\(String(describing: die))")
            let crashed = try await client.inspectContainer(crash)
            check.that("the code stays", crashed.exitCode == 3, "\(crashed)")
            try await client.removeContainer(crash)
            try await output(client, events, check)
            try await stubborn(client, check)
        } catch {
            check.failed("ends of containers", error)
        }
    }

    private static func output(_ client: DockerClient, _ events: EventLog, _ check: Check) async throws(DockerError) {
        let script =
            "i=0; while [ $i -lt 200 ]; do echo line $i; i=$((i+1)); done; echo last >&2; head -c 40000 /dev/zero | tr '\\0' x"
        let talker = try await client.createContainer(name: "docker-check-talker", shell(script))
        try await client.startContainer(talker)
        let end = await events.wait(talker, "die")
        check.that("the talker ends", end?.exitCode == 0, "\(String(describing: end))")
        let lines = try await client.logs(talker, tail: 2)
        check.that("as many lines as asked for are told", lines.count == 2, "\(lines.map(\.count))")
        let all = try await client.logs(talker, tail: 1000)
        // Output and error are two pipes: which of two near lines the engine reads first isn't fixed.
        let expected = Set((0..<200).map { "line \($0)" } + ["last"])
        check.that("all lines are told", Set(all).isSuperset(of: expected), "\(all.count)")
        let long = all.filter { $0.hasPrefix("xxx") }
        check.that("a long line is told in parts", long.map(\.count).reduce(0, +) == 40000, "\(long.map(\.count))")
        try await client.removeContainer(talker)
    }

    private static func stubborn(_ client: DockerClient, _ check: Check) async throws(DockerError) {
        let script = "trap '' TERM; while true; do sleep 1; done"
        let stubborn = try await client.createContainer(name: "docker-check-stubborn", shell(script))
        try await client.startContainer(stubborn)
        try await client.stopContainer(stubborn, timeout: .seconds(1))
        let killed = try await client.inspectContainer(stubborn)
        check.that("what ignores its signal is killed", killed.exitCode == 137, "\(killed)")
        try await client.startContainer(stubborn)
        try await client.removeContainer(stubborn)
        await expect(check, "what runs can be removed", { $0.isNotFound }) { () async throws(DockerError) in
            _ = try await client.inspectContainer(stubborn)
        }
    }

    private static func shell(_ script: String) -> ContainerSpec {
        var spec = ContainerSpec(image: "busybox:1")
        spec.entrypoint = ["/bin/sh"]
        spec.command = ["-c", script]
        return spec
    }

    /// What the engine doesn't do.
    static func refusals(_ client: DockerClient, _ check: Check) async {
        await expect(check, "a container of an image that isn't here isn't found", { $0.isNotFound }) {
            () async throws(DockerError) in
            _ = try await client.createContainer(name: "docker-check-none", ContainerSpec(image: "absent:1"))
        }
        await expect(check, "a container that isn't there isn't found", { $0.isNotFound }) {
            () async throws(DockerError) in
            _ = try await client.inspectContainer("docker-check-none")
        }
        await expect(check, "logs of nothing aren't found", { $0.isNotFound }) { () async throws(DockerError) in
            _ = try await client.logs("docker-check-none", tail: 1)
        }
        await expect(check, "a name that can't be is refused for good", { !$0.isTransient }) {
            () async throws(DockerError) in
            _ = try await client.createContainer(name: "no spaces", ContainerSpec(image: "web:1"))
        }
        var spec = ContainerSpec(image: "busybox:1")
        spec.entrypoint = ["/no/such/program"]
        do {
            let id = try await client.createContainer(name: "docker-check-broken", spec)
            await expect(check, "a program that isn't there is refused for good", { !$0.isTransient }) {
                () async throws(DockerError) in
                try await client.startContainer(id)
            }
            let broken = try await client.inspectContainer(id)
            check.that("the refusal is remembered", broken.error != nil, "\(broken)")
            try await client.removeContainer(id)
        } catch {
            check.failed("a program that isn't there", error)
        }
    }
}
