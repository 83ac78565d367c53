/// Which failures are remembered, and how much of each.
extension Rollout {
    /// Remembers why a revision failed; the oldest failures are forgotten, but for revisions that may be asked for.
    mutating func remember(_ failure: RevisionFailure, of revision: Revision) {
        failures[revision] = failure
        failureOrder.removeAll { $0 == revision }
        failureOrder.append(revision)
        forgetOldFailures()
    }

    mutating func forgetOldFailures() {
        let wanted = [target, pin?.deployment, current, candidate?.deployment, fallback].compactMap { $0?.revision }
        let needed = Set(wanted + kept)
        let others = failedRevisions.filter { !needed.contains($0) }
        for revision in others.dropLast(RolloutPolicy.rememberedFailures) { failures[revision] = nil }
        failureOrder.removeAll { failures[$0] == nil }
    }

    /// The revisions that failed, the last one last.
    var failedRevisions: [Revision] {
        let known = Set(failureOrder)
        let others = failures.keys.filter { !known.contains($0) }.sorted { $0.description < $1.description }
        return others + failureOrder.filter { failures[$0] != nil }
    }

    /// True when nothing is left of the service that would have to be remembered.
    ///
    /// Its document was deleted, all of it has been removed, and no person has left an order for it.
    package var isForgettable: Bool {
        isGone && !isWithdrawing && !isReleasing && claiming.isEmpty && pause == nil && pin == nil && images.isEmpty
            && leavingImages.isEmpty
    }
}

extension RevisionFailure {
    /// At most so many bytes of a container's last lines are kept, and of each line.
    package static let longestLog = 4096
    package static let longestLine = 1024

    /// The last of these lines that fit; a long line is cut at its end.
    package static func lastLines(of log: [String]) -> [String] {
        var left = longestLog
        var kept: [String] = []
        for line in log.reversed() {
            let line = cut(line)
            left -= line.utf8.count + 1
            guard left >= 0 else { break }
            kept.append(line)
        }
        return kept.reversed()
    }

    private static func cut(_ line: String) -> String {
        guard line.utf8.count > longestLine else { return line }
        // A character that is cut in two becomes U+FFFD.
        return String(decoding: line.utf8.prefix(longestLine - 6), as: UTF8.self) + "\u{2026}"
    }
}
