extension ContainerDetails: Decodable {
    package init(from decoder: any Decoder) throws {
        let root = LenientObject(try decoder.container(keyedBy: AnyKey.self))
        let state = root.object("State")
        let config = root.object("Config")
        let rootName = root.string("Name") ?? ""
        id = try root.required("Id")
        name = rootName.hasPrefix("/") ? String(rootName.dropFirst()) : rootName
        image = config?.string("Image") ?? ""
        imageID = root.string("Image") ?? ""
        status = state?.string("Status") ?? ""
        isRunning = state?.value("Running") ?? false
        isPaused = state?.value("Paused") ?? false
        exitCode = state?.value("ExitCode") ?? 0
        outOfMemory = state?.value("OOMKilled") ?? false
        pid = state?.value("Pid").flatMap { (pid: Int) in pid > 0 ? pid : nil }
        startedAt = state?.time("StartedAt")
        finishedAt = state?.time("FinishedAt")
        error = state?.text("Error")
        stopSignal = config?.text("StopSignal")
        health = state?.object("Health").flatMap { Health($0) }
        labels = config?.value("Labels") ?? [:]
        networks = (root.object("NetworkSettings")?.objects("Networks") ?? [:]).mapValues { Network($0) }
        networkMode = root.object("HostConfig")?.string("NetworkMode") ?? ""
    }
}

extension ContainerDetails.Health {
    /// Nil for the status `none`, which means that there's no health check.
    fileprivate init?(_ health: LenientObject) {
        guard let status = health.text("Status"), status != "none" else { return nil }
        self.status = status
        lastLog = (health.value("Log") as [LogEntry]?)?.last?.output
    }

    private struct LogEntry: Decodable {
        let output: String?

        private enum CodingKeys: String, CodingKey {
            case output = "Output"
        }
    }
}

extension ContainerDetails.Network {
    init(_ network: LenientObject) {
        ipAddress = network.text("IPAddress")
        ipv6Address = network.text("GlobalIPv6Address")
        macAddress = network.text("MacAddress")
        gateway = network.text("Gateway")
        prefixLength = network.value("IPPrefixLen")
        networkID = network.text("NetworkID")
    }
}
