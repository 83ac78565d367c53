package import NIOCore

/// Keeps an eye on a directory of definitions: `name.json` is service `name`.
///
/// Revisions are counted in a file in the state directory, so that unchanged bytes are the same revision over restarts, and
/// a file that disappeared meanwhile is noticed. A directory that is missing or can't be read is never taken for deletions.
package struct DefinitionDirectory: Sendable {
    /// The times of a ``DefinitionDirectory``.
    package struct Settings: Sendable, Hashable {
        /// How long to let changes gather before looking.
        package var debounce = Duration.milliseconds(20)
        /// How long to wait before a changed file that isn't JSON is read again, and then taken as it is.
        package var rereadDelay = Duration.milliseconds(250)
        /// How often everything is listed again.
        package var listingInterval = Duration.seconds(300)
        /// How often to look whether the path leads to another directory: inotify tells neither of a symbolic link that is
        /// pointed elsewhere nor of a parent that is moved.
        package var identityInterval = Duration.milliseconds(500)
        /// How often to look whether a directory that can't be seen is back.
        package var retryInterval = Duration.seconds(1)

        package init() {}
    }

    let path: String
    let stateFile: StateFile
    let settings: Settings
    let clock: any Clock<Duration>
    private let eventLoopGroup: any EventLoopGroup

    /// Makes a source; nothing is watched until ``run(knownIDs:deliver:)``.
    ///
    /// - Parameters:
    ///   - path: The directory; it need not exist yet.
    ///   - stateDirectory: Where `revisions.json` is kept; its parent must exist.
    ///   - settings: Times.
    ///   - eventLoopGroup: Where the kernel's notices are read.
    ///   - clock: What the times are measured with.
    package init(
        path: String,
        stateDirectory: String,
        settings: Settings = Settings(),
        eventLoopGroup: any EventLoopGroup,
        clock: any Clock<Duration> = ContinuousClock()
    ) {
        self.path = path
        stateFile = StateFile(folder: stateDirectory, name: "revisions.json")
        self.settings = settings
        self.eventLoopGroup = eventLoopGroup
        self.clock = clock
    }

    /// Reports events until its task is cancelled.
    ///
    /// - Parameters:
    ///   - knownIDs: Services that came from this directory earlier, as far as the caller knows; those that are gone are
    ///     reported as deleted, as are those of the state file.
    ///   - deliver: Called for one event after another.
    package func run(
        knownIDs: Set<String> = [],
        deliver: @Sendable (DirectoryEvent) async -> Void
    ) async {
        var scan = DirectoryScan(path: path, ledger: RevisionLedger())
        do {
            scan.ledger = try loadLedger()
        } catch {
            await deliver(.stateTrouble(error))
        }
        var known = knownIDs
        var lastProblem: DirectoryProblem?
        while !Task.isCancelled {
            do {
                let identity = WatchedDirectory.identity(at: path)
                let inotify = try await Inotify.watch(path, on: eventLoopGroup)
                try await follow(
                    inotify,
                    of: identity,
                    scan: &scan,
                    known: &known,
                    lastProblem: &lastProblem,
                    deliver: deliver
                )
                // The path leads elsewhere: that directory is watched at once.
                continue
            } catch {
                if Task.isCancelled { return }
                let problem = error as? DirectoryProblem ?? .failed(call: "inotify", errno: 0)
                let told = Self.clarified(problem)
                if told != lastProblem { await deliver(.unavailable(told)) }
                lastProblem = told
            }
            do { try await clock.sleep(for: settings.retryInterval) } catch { return }
        }
    }

    /// The same problem has one name, whichever system call met it first.
    private static func clarified(_ problem: DirectoryProblem) -> DirectoryProblem {
        switch problem {
        case .failed("inotify_add_watch", 2): .missing
        case .failed("inotify_add_watch", 20): .notADirectory
        case .missing, .notADirectory, .replaced, .emptyAfterReplacement, .failed: problem
        }
    }

    private func loadLedger() throws(StateFileError) -> RevisionLedger {
        guard let bytes = try stateFile.read() else { return RevisionLedger() }
        do {
            return try RevisionLedger.decoded(bytes)
        } catch {
            let movedTo = try stateFile.moveAside()
            throw .corrupt(path: stateFile.path, problem: "it isn't a record of revisions", movedTo: movedTo)
        }
    }
}
