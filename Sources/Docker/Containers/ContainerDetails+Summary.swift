extension ContainerDetails {
    /// What the list of containers says of one, for when the engine doesn't answer what it is asked of the container itself:
    /// it keeps a container locked while it starts or stops it, and lists it all the same.
    ///
    /// Neither its process nor how it ended is known then.
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
