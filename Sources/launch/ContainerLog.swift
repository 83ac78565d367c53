import CLaunch

/// Follows one container's output in Docker until the container has ended, reconnecting when a connection breaks.
final class ContainerLog {
    /// The state of the copying.
    enum Outcome {
        case following
        /// Docker has no more, and everything is in the output.
        case copied
        /// It can't be copied, for this reason.
        case failed(Bytes)
        /// `launch` ends while the container continues. The next `launch` copies the rest.
        case released
    }

    /// What is known of the container besides its output.
    private enum Known {
        case nothing
        /// It has exited.
        case ended
        /// It continues: the connection is only kept until nothing more is ready to be read.
        case continues
    }

    /// The container's id or name.
    let container: Bytes
    private(set) var descriptor: Int32 = -1
    private(set) var inspection: Inspection?
    private(set) var outcome = Outcome.following
    /// When to connect, in milliseconds of the monotonic clock; nil while connected, and while waiting for permission.
    private(set) var retryAt: Int64?
    private var word: DockerWord

    /// Whether requests use the version that the daemon has negotiated; false once Docker has refused it.
    private var isVersioned = true

    private var backoff = Backoff()
    private var since: DockerTime?
    private let answer: LogAnswer
    /// What Docker has said of the container while its output was being read.
    private var known = Known.nothing
    private var isInLastSeconds = false

    /// Begins to copy lines that are later than `since`, or all lines when that is nil.
    ///
    /// - Parameters:
    ///   - container: The container's id.
    ///   - name: The value of the journal's field CONTAINER_NAME.
    ///   - since: The time of the last line that was copied.
    ///   - now: The monotonic time, in milliseconds.
    init(container: Bytes, name: Bytes, since: DockerTime?, now: Int64) {
        self.container = container
        self.since = since
        answer = LogAnswer(fields: Self.fields(container: container, name: name), since: since)
        retryAt = now
        word = DockerWord(givenAt: now)
    }

    /// The fields of Docker's own log driver (docs.docker.com, "Journald logging driver"), and those that the journal's
    /// stream sets.
    private static func fields(container: Bytes, name: Bytes) -> Bytes {
        let id = container.prefix(12)
        var fields = Bytes("CONTAINER_NAME=") + name
        fields += "\nCONTAINER_ID="
        fields += id
        fields += "\nCONTAINER_ID_FULL="
        fields += container
        fields += "\nCONTAINER_TAG="
        fields += id
        fields += "\nSYSLOG_IDENTIFIER=launch\nSYSLOG_FACILITY=3\n"
        return fields
    }

    deinit {
        disconnect()
        closeInspection()
    }

    var hasEnded: Bool {
        if case .following = outcome { return false }
        return true
    }

    /// The time of the last line that was passed on, unless an older one is still being assembled.
    var position: DockerTime? { answer.position }

    /// Whether this waits for the daemon's permission.
    var isWaiting: Bool { word.isAwaited }

    /// Gives permission to connect to Docker.
    func allow(docker: DockerSocket, now: Int64) {
        switch word.give(at: now) {
        case .connection: retryAt = now
        case .inspection: inspect(at: docker, now: now)
        case nil: break
        }
    }

    /// Whether to tell the daemon that this waits for permission; true once for each wait.
    func takeWaiting() -> Bool { !hasEnded && word.takeRequest() }

    /// True with permission.
    ///
    /// Otherwise it waits for permission, or gives up when `launch` is about to end.
    private func isAllowed(now: Int64, _ purpose: DockerWord.Purpose) -> Bool {
        if word.holds(at: now) { return true }
        guard !isInLastSeconds else {
            if descriptor >= 0 { known = .continues } else { outcome = .released }
            return false
        }
        retryAt = nil
        word.await(for: purpose)
        return false
    }

    /// Connects when it is due.
    func connect(to docker: DockerSocket, now: Int64) {
        guard let due = retryAt, due <= now, !hasEnded else { return }
        guard isAllowed(now: now, .connection) else { return }
        var resource = Bytes("/containers/") + container
        resource += "/logs?follow=1&stdout=1&stderr=1&timestamps=1"
        if let since {
            resource += "&since="
            resource += since.sinceParameter
        }
        let connected = docker.request(resource, isVersioned: isVersioned, closing: false)
        guard connected >= 0 else { return retry(now: now) }
        descriptor = connected
        retryAt = nil
        answer.begin()
    }

    /// Reads what Docker has sent.
    func read(
        into buffer: UnsafeMutableBufferPointer<UInt8>,
        output: inout Output,
        docker: DockerSocket,
        now: Int64
    ) {
        let count = launch_read(descriptor, buffer.baseAddress, buffer.count)
        if count == systemWouldBlock { return }
        if count > 0 {
            let input = UnsafeBufferPointer(rebasing: UnsafeBufferPointer(buffer)[..<count])
            if answer.consume(input, output: &output) { backoff.reset() }
            if !answer.response.isAtEnd, !answer.response.isMalformed { return }
        }
        endOfStream(output: &output, docker: docker, now: now)
    }

    private func endOfStream(output: inout Output, docker: DockerSocket, now: Int64) {
        disconnect()
        let isComplete = answer.response.isComplete
        switch answer.response.status {
        case 200? where isComplete && known == .ended:
            complete(&output)
        case 200? where isComplete:
            // Docker ends the stream when the container has exited; a container that was started again continues.
            inspect(at: docker, now: now)
        case 404? where isComplete:
            outcome = .copied
        case 400? where isVersioned && !docker.version.isEmpty:
            // An engine that was upgraded or downgraded meanwhile answers like this.
            isVersioned = false
            retry(now: now)
        case 400?, 501?:
            outcome = .failed(answer.failureText)
        default:
            retry(now: now)
        }
    }

    private func inspect(at docker: DockerSocket, now: Int64) {
        guard isAllowed(now: now, .inspection) else { return }
        inspection = Inspection(container: container, at: docker, isVersioned: isVersioned)
        if inspection == nil, descriptor < 0 { retry(now: now) }
    }

    /// Reads Docker's answer to whether the container runs.
    func readInspection(into buffer: UnsafeMutableBufferPointer<UInt8>, output: inout Output, now: Int64) {
        guard let found = inspection?.read(into: buffer) else { return }
        closeInspection()
        if found == .refused { isVersioned = false }
        if descriptor >= 0 {
            known = found == .running ? .continues : found == .ended ? .ended : .nothing
            return
        }
        switch found {
        case .ended:
            complete(&output)
        case .running where isInLastSeconds:
            outcome = .released
        case .running, .unknown, .refused:
            retry(now: now)
        }
    }

    private func complete(_ output: inout Output) {
        answer.finish(into: &output)
        outcome = .copied
    }

    /// Prepares for the end of `launch`.
    ///
    /// What to wait for depends on whether the container continues.
    func beginLastSeconds(docker: DockerSocket, now: Int64) {
        guard !hasEnded, !isInLastSeconds else { return }
        isInLastSeconds = true
        if isWaiting {
            outcome = .released
        } else if descriptor >= 0 {
            inspect(at: docker, now: now)
        } else if inspection == nil {
            backoff.reset()
            retryAt = now
        }
    }

    /// Releases a container that continues, when none of its output waits to be read.
    func releaseIfQuiet() {
        guard known == .continues, !hasEnded else { return }
        outcome = .released
        disconnect()
    }

    /// Gives up, for example because the journal takes no more.
    func fail(_ text: Bytes) {
        guard !hasEnded else { return }
        outcome = .failed(text)
        disconnect()
    }

    /// Plans the next connection, which continues from the last copied line.
    private func retry(now: Int64) {
        retryAt = now + backoff.next()
        since = answer.resume() ?? since
    }

    private func disconnect() {
        if descriptor >= 0 { launch_close(descriptor) }
        descriptor = -1
    }

    private func closeInspection() {
        if let inspection { launch_close(inspection.descriptor) }
        inspection = nil
    }
}
