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

    /// How long the daemon's permission to connect to Docker is valid, in milliseconds.
    ///
    /// systemd listens on the socket of a stopped Docker, and a connection would start it again. Only the daemon knows whether
    /// Docker is stopped.
    private static let wordHolds: Int64 = 1000

    /// The container's id or name.
    let container: Bytes
    private(set) var descriptor: Int32 = -1
    private(set) var inspection: Inspection?
    private(set) var outcome = Outcome.following
    /// When to connect, in milliseconds of the monotonic clock; nil while connected, and while waiting for permission.
    private(set) var retryAt: Int64?
    /// When the daemon last gave permission.
    private var wordAt: Int64
    /// Whether this waits for permission.
    private(set) var isWaiting = false
    private var isWaitingToInspect = false
    private var isWaitingTold = false

    /// Whether requests use the version that the daemon has negotiated; false once Docker has refused it.
    private var isVersioned = true

    private var backoff = Backoff()
    private var since: DockerTime?
    private var response = HTTPResponse()
    private var frames = FrameDecoder()
    private var standardOutput: LogLines
    private var standardError: LogLines
    private var errorText: Bytes = []
    /// Whether Docker has reported the container's exit while its output was being read.
    private var isKnownEnded = false
    /// Whether the connection is only kept until nothing more is ready to be read.
    private var isReleasable = false
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
        let fields = Self.fields(container: container, name: name)
        standardOutput = LogLines(descriptor: Output.standardOutput, fields: fields, copied: since)
        standardError = LogLines(descriptor: Output.standardError, fields: fields, copied: since)
        retryAt = now
        wordAt = now
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
    var position: DockerTime? {
        guard let last = lastTime else { return nil }
        for lines in [standardOutput, standardError] where lines.isInLine {
            if let time = lines.time, time <= last { return nil }
        }
        return last
    }

    private var lastTime: DockerTime? {
        guard let first = standardOutput.lastTime else { return standardError.lastTime }
        guard let second = standardError.lastTime else { return first }
        return first <= second ? second : first
    }

    /// Gives permission to connect to Docker.
    func allow(docker: DockerSocket, now: Int64) {
        wordAt = now
        guard isWaiting else { return }
        isWaiting = false
        isWaitingTold = false
        if isWaitingToInspect { inspect(at: docker, now: now) } else { retryAt = now }
    }

    /// Whether to tell the daemon that this waits for permission; true once for each wait.
    func takeWaiting() -> Bool {
        guard isWaiting, !isWaitingTold, !hasEnded else { return false }
        isWaitingTold = true
        return true
    }

    /// True with permission.
    ///
    /// Otherwise it waits for permission, or gives up when `launch` is about to end.
    private func isAllowed(now: Int64, toInspect: Bool) -> Bool {
        if now - wordAt <= Self.wordHolds { return true }
        guard !isInLastSeconds else {
            if descriptor >= 0 { isReleasable = true } else { outcome = .released }
            return false
        }
        retryAt = nil
        isWaiting = true
        isWaitingTold = false
        isWaitingToInspect = toInspect
        return false
    }

    /// Connects when it is due.
    func connect(to docker: DockerSocket, now: Int64) {
        guard let due = retryAt, due <= now, !hasEnded else { return }
        guard isAllowed(now: now, toInspect: false) else { return }
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
        response = HTTPResponse()
        frames = FrameDecoder()
        errorText = []
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
            consume(UnsafeBufferPointer(rebasing: UnsafeBufferPointer(buffer)[..<count]), output: &output)
            if !response.isAtEnd, !response.isMalformed { return }
        }
        endOfStream(output: &output, docker: docker, now: now)
    }

    private func consume(_ input: UnsafeBufferPointer<UInt8>, output: inout Output) {
        response.consume(input) { body in
            guard response.status == 200 else {
                if errorText.count < 500 { errorText.append(contentsOf: body) }
                return
            }
            backoff.reset()
            frames.consume(body) { piece, bytes in
                if piece.isError {
                    standardError.consume(bytes, of: piece, into: &output)
                } else {
                    standardOutput.consume(bytes, of: piece, into: &output)
                }
            }
        }
    }

    private func endOfStream(output: inout Output, docker: DockerSocket, now: Int64) {
        disconnect()
        let isComplete = response.isComplete
        switch response.status {
        case 200? where isComplete && isKnownEnded:
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
            outcome = .failed(failureText)
        default:
            retry(now: now)
        }
    }

    /// Docker's answer in one line.
    private var failureText: Bytes {
        var text = Bytes("Docker answered ")
        text.append(decimal: response.status ?? 0)
        text += ": "
        for byte in errorText.prefix(500) where byte >= UInt8(ascii: " ") { text.append(byte) }
        return text
    }

    private func inspect(at docker: DockerSocket, now: Int64) {
        guard isAllowed(now: now, toInspect: true) else { return }
        inspection = Inspection(container: container, at: docker, isVersioned: isVersioned)
        if inspection == nil, descriptor < 0 { retry(now: now) }
    }

    /// Reads Docker's answer to whether the container runs.
    func readInspection(into buffer: UnsafeMutableBufferPointer<UInt8>, output: inout Output, now: Int64) {
        guard let answer = inspection?.read(into: buffer) else { return }
        closeInspection()
        if answer == .refused { isVersioned = false }
        if descriptor >= 0 {
            isReleasable = answer == .running
            isKnownEnded = answer == .ended
            return
        }
        switch answer {
        case .ended:
            complete(&output)
        case .running where isInLastSeconds:
            outcome = .released
        case .running, .unknown, .refused:
            retry(now: now)
        }
    }

    private func complete(_ output: inout Output) {
        standardOutput.finish(into: &output)
        standardError.finish(into: &output)
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
        guard isReleasable, !hasEnded else { return }
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
        // The times of the two streams aren't in a common order. So Docker is asked for one second more, and copied lines are
        // skipped.
        var start = lastTime.map { last in DockerTime(seconds: last.seconds - 1, nanoseconds: last.nanoseconds) }
        for lines in [standardOutput, standardError] where lines.isInLine {
            if let time = lines.time, let current = start, time <= current { start = time }
        }
        since = start ?? since
        standardOutput.resume()
        standardError.resume()
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
