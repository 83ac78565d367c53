/// Guesses what was meant by an unknown word.
package enum Spelling {
    /// The known word that is probably meant; nil when none is similar.
    ///
    /// - Parameters:
    ///   - word: What was written.
    ///   - known: The words that would be understood.
    /// - Returns: One of them.
    package static func guess(_ word: String, among known: [String]) -> String? {
        let plain = normalized(word)
        guard plain.utf8.count <= 40 else { return nil }
        if let exact = known.first(where: { normalized($0) == plain }) { return exact }
        if let synonym = synonyms[plain], known.contains(synonym) { return synonym }
        let nearest = known.map { (word: $0, distance: distance(plain, normalized($0))) }
            .min { ($0.distance, $0.word) < ($1.distance, $1.word) }
        guard let nearest, nearest.distance <= max(1, min(plain.utf8.count, nearest.word.utf8.count) / 3) else {
            return nil
        }
        return nearest.word
    }

    /// In lower case, without `_` and `-`.
    private static func normalized(_ word: String) -> String {
        word.lowercased().filter { $0 != "_" && $0 != "-" && $0 != " " }
    }

    /// How many letters differ: insertions, deletions, replacements, and swaps of neighbours (optimal string alignment).
    static func distance(_ left: String, _ right: String) -> Int {
        let left = Array(left.utf8)
        let right = Array(right.utf8)
        var beforeLast: [Int] = []
        var last = Array(0...right.count)
        for (row, letter) in left.enumerated() {
            var current = [row + 1]
            for (column, other) in right.enumerated() {
                var best = min(last[column + 1] + 1, current[column] + 1, last[column] + (letter == other ? 0 : 1))
                if row > 0, column > 0, letter == right[column - 1], left[row - 1] == other {
                    best = min(best, beforeLast[column - 1] + 1)
                }
                current.append(best)
            }
            beforeLast = last
            last = current
        }
        return last[right.count]
    }

    /// The names of our fields in other tools, without `_` and `-`.
    private static let synonyms = [
        "env": "environment", "envs": "environment", "variables": "environment",
        "cmd": "command", "args": "command", "arguments": "command",
        "check": "health_check", "health": "health_check", "probe": "health_check", "readiness": "health_check",
        "ports": "port", "containerport": "port", "expose": "port",
        "listen": "address", "vip": "address", "bind": "address", "publish": "address",
        "mounts": "volumes", "binds": "volumes", "networks": "network", "networkmode": "network",
        "mem": "memory", "memlimit": "memory", "memorylimit": "memory", "cpu": "cpus", "cpulimit": "cpus",
        "pidslimit": "pids", "instances": "replicas", "count": "replicas", "scale": "replicas",
        "stopgraceperiod": "stop_timeout", "gracetime": "stop_timeout", "killtimeout": "stop_timeout",
        "draintime": "drain_timeout", "minhealthytime": "min_healthy", "deploytimeout": "progress_deadline",
        "pullpolicy": "pull", "requires": "wants", "dependson": "after", "host": "hosts", "disabled": "enabled",
        "type": "kind", "url": "path", "uri": "path", "code": "status", "codes": "status", "test": "command",
        "percentage": "percent", "share": "percent", "retries": "fall", "period": "interval",
        "startinterval": "startup_interval",
    ]
}
