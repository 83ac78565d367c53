/// Fields of compose files that definitions don't have, and what there is instead.
enum ForeignField {
    /// What to do instead; nil for a field that no other tool is known to have.
    static func advice(_ key: String) -> String? { advice[key.lowercased()] }

    private static let advice = [
        "restart": "a container that ends is always started again: leave it out",
        "env_file": "a variable may come from a file: \"environment\": {\"NAME\": {\"file\": \"/PATH\"}}",
        "build": "build the image beforehand, and name it in \"image\"",
        "container_name": "service-managerd names its containers itself: leave it out",
        "deploy": "write \"replicas\", \"memory\" and \"cpus\" without it",
        "logging": "what containers write goes into the journal: leave it out",
        "services": "a definition is one service: write one file for each of them",
    ]
}
