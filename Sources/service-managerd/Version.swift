/// Set by the release.
let daemonVersion = "1.0.0~dev"
