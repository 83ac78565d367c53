import NIOCore

/// The stand-in's state, connections and feeds; lives on one event loop.
final class StandInCouchDBCore {
    struct OpenFeed {
        var feed: StandInCouchDBFeed
        let channel: any Channel
        var heartbeat: RepeatedTask?
        var timeout: Scheduled<Void>?
    }

    var state: StandInCouchDBState
    var requests: [StandInCouchDBRequest] = []
    var feeds: [ObjectIdentifier: OpenFeed] = [:]
    var connections: [ObjectIdentifier: any Channel] = [:]
    var listener: (any Channel)?
    /// Answers to give instead of the true ones, the next one first.
    var forcedAnswers: [StandInCouchDBAnswer] = []
    /// While true, requests are taken and not answered, and feeds say nothing, not even heartbeats.
    var isStalled = false
    /// Sends nothing on feeds, as a proxy does that waits for the end of an answer.
    var buffersFeeds = false
    /// Doesn't even begin the answer to a request for a feed.
    var holdsFeedHeads = false
    /// How many times faster than the clock heartbeats and timeouts run.
    var speed: Int64 = 1
    /// While true, a feed's timeout begins again instead of ending the feed.
    var holdsTimeouts = false
    /// Where what changes something is kept.
    var journal: StandInCouchDBJournal?
    private var unanswered: [(StandInCouchDBRequest, any Channel)] = []
    private let now: () -> String

    init(administrators: [String: String], now: @escaping () -> String) {
        state = StandInCouchDBState(administrators: administrators)
        self.now = now
    }

    /// Does again what the journal holds, whoever was allowed to do it, and goes on with it.
    func replay(_ journal: StandInCouchDBJournal) {
        let administrators = state.administrators
        state.administrators = [:]
        for request in journal.requests() { _ = state.answer(request) }
        state.administrators = administrators
        self.journal = journal
    }

    func opened(_ channel: any Channel) { connections[ObjectIdentifier(channel)] = channel }

    func closed(_ channel: any Channel) {
        connections[ObjectIdentifier(channel)] = nil
        stopTimers(feeds.removeValue(forKey: ObjectIdentifier(channel)))
    }

    func received(_ request: StandInCouchDBRequest, on channel: any Channel) {
        requests.append(request)
        if isStalled {
            unanswered.append((request, channel))
        } else {
            answer(request, on: channel)
        }
    }

    /// Answers what came meanwhile, and lets feeds speak again.
    func resume() {
        isStalled = false
        let waiting = unanswered
        unanswered = []
        for (request, channel) in waiting where channel.isActive { answer(request, on: channel) }
        wakeFeeds()
    }

    func send(_ text: String, on channel: any Channel) {
        channel.writeAndFlush(ByteBuffer(string: text), promise: nil)
    }

    private func answer(_ request: StandInCouchDBRequest, on channel: any Channel) {
        let answer = forcedAnswers.isEmpty ? state.answer(request) : forcedAnswers.removeFirst()
        if !["GET", "HEAD"].contains(request.method), (200...299).contains(answer.status) { journal?.add(request) }
        if case .feed = answer.body, holdsFeedHeads { return }
        send(answer.bytes(isHead: request.method == "HEAD", date: now()), on: channel)
        if case .feed(let options) = answer.body {
            open(options, on: channel)
        } else if request.header("Connection")?.lowercased() == "close" || answer.status == 413 {
            channel.close(promise: nil)
        }
        wakeFeeds()
    }

    func stopTimers(_ open: OpenFeed?) {
        open?.heartbeat?.cancel()
        open?.timeout?.cancel()
    }
}
