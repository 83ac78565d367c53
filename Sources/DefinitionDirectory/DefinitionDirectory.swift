package import NIOCore

/// Watches a directory of definitions: `name.json` is service `name`.
///
/// Revisions are counted in a file in the state directory. So unchanged bytes keep their revision over restarts, and a file
/// that was deleted meanwhile is noticed. A directory that is missing or can't be read never counts as deletions.
package struct DefinitionDirectory: Sendable {
    /// The times of a ``DefinitionDirectory``.
    package struct Settings: Sendable, Hashable {
        /// How long to collect changes before the directory is read.
        package var debounce = Duration.milliseconds(20)
        /// How long to wait before a changed file that isn't JSON is read again, and then reported as it is.
        package var rereadDelay = Duration.milliseconds(250)
        /// How often everything is listed again.
        package var listingInterval = Duration.seconds(300)
        /// How often to check whether the path leads to another directory: inotify reports neither a changed symbolic link nor
        /// a moved parent directory.
        package var identityInterval = Duration.milliseconds(500)
        /// How often to check whether a directory that can't be read is back.
        package var retryInterval = Duration.seconds(1)

        package init() {}
    }

    let path: String
    let stateFile: StateFile
    let settings: Settings
    let clock: any Clock<Duration>
    private let eventLoopGroup: any EventLoopGroup

    /// Makes a source.
    ///
    /// Nothing is watched before ``run(knownIDs:deliver:)``.
    ///
    /// - Parameters:
    ///   - path: The directory; it need not exist yet.
    ///   - stateDirectory: The folder of `revisions.json`; its parent must exist.
    ///   - settings: The times.
    ///   - eventLoopGroup: The event loops that read inotify's events.
    ///   - clock: Measures the times.
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
    ///   - knownIDs: Services that came from this directory before, as far as the caller knows. If their files are missing,
    ///     they are reported as deleted, like those in the state file.
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
                // The path leads to another directory, which is watched at once.
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

    /// Gives the same problem the same name, whichever system call failed first.
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
