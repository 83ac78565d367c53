extension ContainerDetails {
    /// Makes details from the list of containers, for when the engine doesn't answer about the container itself.
    ///
    /// The engine locks a container while it starts or stops it, but still lists it.
    ///
    /// The container's process and exit code aren't known then.
    package init(_ summary: ContainerSummary) {
        id = summary.id
        name = summary.names.first ?? ""
        image = summary.image
        imageID = summary.imageID
        status = summary.state
        isRunning = ["running", "paused", "restarting"].contains(summary.state)
        isPaused = summary.state == "paused"
        exitCode = 0
        outOfMemory = false
        labels = summary.labels
        networks = summary.networks
        networkMode = summary.networkMode
    }
}
