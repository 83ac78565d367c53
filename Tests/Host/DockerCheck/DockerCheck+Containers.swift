import Docker

extension DockerCheck {
    /// A container from its making to its end.
    static func lifecycle(_ client: DockerClient, _ events: EventLog, _ check: Check) async {
        do {
            let id = try await client.createContainer(name: "docker-check", everything)
            check.that("an id has 64 digits", id.count == 64, id)
            let created = try await client.inspectContainer(id)
            check.that("a new container is created", created.status == "created" && !created.isRunning, "\(created)")
            check.that("it never started", created.startedAt == nil && created.finishedAt == nil, "\(created)")
            await expect(check, "its name is taken", { $0.isConflict }) { () async throws(DockerError) in
                _ = try await client.createContainer(name: "docker-check", ContainerSpec(image: "web:1"))
            }
            try await client.startContainer(id)
            try await client.startContainer("docker-check")
            try await running(client, id, events, check)
            await commands(client, id, check)
            try await end(client, id, events, check)
        } catch {
            check.failed("the life of a container", error)
        }
    }

    /// A container that makes use of all that a spec has.
    private static var everything: ContainerSpec {
        var spec = ContainerSpec(image: "web:1")
        spec.environment = ["GREETING=hello, wörld"]
        spec.labels = ["docker-check": "lifecycle", "quoted": #"{"a":"b c"}"#]
        spec.hostname = "web-check"
        spec.binds = ["/etc/hostname:/srv/name:ro", "docker-check:/data"]
        spec.tmpfs = ["/scratch": "size=1m"]
        spec.network = "bridge"
        spec.memory = 64 << 20
        spec.nanoCPUs = 500_000_000
        spec.pidsLimit = 100
        spec.ulimits = [ContainerSpec.Ulimit(name: "nofile", soft: 512, hard: 1024)]
        spec.stopSignal = "SIGQUIT"
        spec.stopTimeout = 7
        return spec
    }

    private static func running(
        _ client: DockerClient,
        _ id: String,
        _ events: EventLog,
        _ check: Check
    ) async throws(DockerError) {
        let running = try await client.inspectContainer("docker-check")
        check.that("it runs", running.isRunning && running.status == "running" && (running.pid ?? 0) > 0, "\(running)")
        check.that("it has an address", running.networks["bridge"]?.ipAddress != nil, "\(running)")
        check.that("it has its labels", running.labels["quoted"] == #"{"a":"b c"}"#, "\(running.labels)")
        check.that("it has a start time", running.startedAt != nil)
        let listed = try await client.listContainers(label: ["docker-check=lifecycle"])
        check.that("it's listed by label", listed.map(\.id) == [id] && listed.first?.state == "running", "\(listed)")
        let others = try await client.listContainers(label: ["docker-check=other"])
        check.that("others aren't", others.isEmpty, "\(others)")
        let start = await events.wait(id, "start")
        check.that("its start is an event", start?.attributes["docker-check"] == "lifecycle", "\(events.all)")
    }

    private static func commands(_ client: DockerClient, _ id: String, _ check: Check) async {
        do {
            let told = try await client.exec(
                id,
                command: [
                    "/bin/sh", "-c",
                    "echo $GREETING; hostname; sed -n 's/Max open files *//p' /proc/1/limits; echo oops >&2; exit 3",
                ],
                limit: .seconds(20)
            )
            check.that("a command tells its exit code", told.exitCode == 3, "\(told)")
            let expected: Set = [
                "hello, wörld", "web-check", "512                  1024                 files     ", "oops",
            ]
            check.that("a command tells its output", Set(told.lines) == expected, "\(told)")
        } catch {
            check.failed("commands", error)
        }
        do {
            let missing = try await client.exec(id, command: ["/no/such/program"], limit: .seconds(20))
            check.that(
                "a command that isn't there has 126 or 127",
                [126, 127].contains(missing.exitCode),
                "\(missing)"
            )
            print("      \(missing)")
        } catch {
            check.failed("a command that isn't there", error)
        }
        await expect(check, "a command that hangs hits its limit", { $0.isTransient }) { () async throws(DockerError) in
            _ = try await client.exec(id, command: ["/bin/sh", "-c", "sleep 5"], limit: .seconds(1))
        }
    }

    private static func end(
        _ client: DockerClient,
        _ id: String,
        _ events: EventLog,
        _ check: Check
    ) async throws(DockerError) {
        try await client.killContainer(id, signal: "SIGHUP")
        let signalled = try await client.inspectContainer(id)
        check.that("a signal leaves it running", signalled.isRunning, "\(signalled)")
        let kill = await events.wait(id, "kill")
        check.that("a signal is an event", kill?.attributes["signal"] == "1", "\(String(describing: kill))")
        let began = ContinuousClock.now
        try await client.stopContainer(id, timeout: .seconds(8))
        check.that("it stops by its signal, not by the grace", ContinuousClock.now - began < .seconds(8))
        try await client.stopContainer(id, timeout: .seconds(8))
        let exited = try await client.inspectContainer(id)
        check.that("it has exited", exited.status == "exited" && exited.exitCode == 0, "\(exited)")
        check.that("it has no address", exited.networks["bridge"]?.ipAddress == nil, "\(exited.networks)")
        let die = await events.wait(id, "die")
        check.that("its end is an event", die?.exitCode == 0, "\(events.all)")
        await expect(check, "a signal to what has exited is a conflict", { $0.isConflict }) {
            () async throws(DockerError) in
            try await client.killContainer(id, signal: "SIGHUP")
        }
        try await client.removeContainer(id)
        try await client.removeContainer(id)
        let destroy = await events.wait(id, "destroy")
        check.that("its removal is an event", destroy?.attributes["docker-check"] == "lifecycle")
    }
}
