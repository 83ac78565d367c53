extension DefinitionDirectory {
    /// Lists the directory, and then reports its changes; returns when the path leads to another directory.
    func follow(
        _ inotify: Inotify,
        of watched: DirectoryIdentity?,
        scan: inout DirectoryScan,
        known: inout Set<String>,
        lastProblem: inout DirectoryProblem?,
        deliver: @Sendable (DirectoryEvent) async -> Void
    ) async throws {
        let pokes = Pokes()
        pokes.add(.listing)
        let (clock, interval) = (clock, settings.listingInterval)
        let (path, identityInterval) = (path, settings.identityInterval)
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask {
                // However reading ends, the watch has ended then.
                defer { pokes.add(.lost) }
                try await inotify.run { notice in
                    switch notice {
                    case .changed: pokes.add(.change)
                    case .replaced: pokes.add([.change, .settled])
                    case .overflow: pokes.add(.listing)
                    case .lost: pokes.add(.lost)
                    }
                }
            }
            group.addTask {
                while true {
                    try await clock.sleep(for: interval)
                    pokes.add(.listing)
                }
            }
            group.addTask {
                while true {
                    try await clock.sleep(for: identityInterval)
                    // A directory that was removed or can't be read is reported by inotify and the listings.
                    guard let now = WatchedDirectory.identity(at: path), now != watched else { continue }
                    return pokes.add([.moved, .settled])
                }
            }
            defer { group.cancelAll() }
            for await _ in pokes.stream {
                try await gather(pokes)
                let reasons = pokes.take()
                if reasons.contains(.moved) { return }
                if reasons.contains(.lost) { throw DirectoryProblem.replaced }
                try await look(reasons, scan: &scan, known: &known, deliver: deliver)
                lastProblem = nil
            }
        }
    }

    /// Collects changes for a time, unless a complete file has come.
    private func gather(_ pokes: Pokes) async throws {
        let (clock, debounce) = (clock, settings.debounce)
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await clock.sleep(for: debounce) }
            group.addTask { await pokes.untilSettled() }
            try await group.next()
            group.cancelAll()
        }
    }

    private func look(
        _ reasons: Pokes.Reasons,
        scan: inout DirectoryScan,
        known: inout Set<String>,
        deliver: @Sendable (DirectoryEvent) async -> Void
    ) async throws {
        let isListing = reasons.contains(.listing)
        let before = scan.ledger
        var outcome = try scan.look(readsAll: isListing, known: known, isFinal: false)
        if !outcome.unfinished.isEmpty {
            try await clock.sleep(for: settings.rereadDelay)
            let again = try scan.look(readsAll: isListing, known: known, isFinal: true)
            let twice = Set(again.changed.map(\.id))
            outcome.documents = again.documents
            outcome.changed = outcome.changed.filter { !twice.contains($0.id) } + again.changed
            outcome.deleted = again.deleted
            outcome.problems += again.problems.filter { later in !outcome.problems.contains { $0.id == later.id } }
        }
        // A revision must be recorded before it is reported. A deletion must be reported before it is recorded.
        if scan.ledger != before { await save(scan.ledger, deliver) }
        if isListing {
            await deliver(.listed(outcome.documents))
        } else {
            for document in outcome.changed { await deliver(.changed(document)) }
        }
        for (id, problem) in outcome.problems { await deliver(.unusable(id: id, problem)) }
        for id in outcome.deleted { await deliver(.deleted(id: id)) }
        known.subtract(outcome.deleted)
        let reported = scan.ledger
        for id in outcome.deleted { scan.ledger.recordDeletion(id) }
        if scan.ledger != reported { await save(scan.ledger, deliver) }
    }

    private func save(_ ledger: RevisionLedger, _ deliver: @Sendable (DirectoryEvent) async -> Void) async {
        do {
            // Encoding a dictionary of strings and numbers can't fail.
            guard let bytes = try? ledger.encoded() else { return }
            try stateFile.write(bytes)
        } catch {
            await deliver(.stateTrouble(error))
        }
    }
}
