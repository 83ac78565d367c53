import NIOCore

extension StandInCouchDBCore {
    /// About as much as CouchDB gathers before it writes a chunk.
    private static let chunkSize = 1450

    func open(_ options: StandInCouchDBFeed.Options, on channel: any Channel) {
        guard let database = state.databases[options.database] else { return }
        let id = ObjectIdentifier(channel)
        let feed = StandInCouchDBFeed(options: options, identity: database.identity, position: options.since)
        feeds[id] = OpenFeed(feed: feed, channel: channel)
        if buffersFeeds { return }
        if options.kind == .longpoll { send(StandInCouchDBAnswer.chunk("{\"results\":[\n"), on: channel) }
        let sent = sendRows(id)
        guard feeds[id] != nil else { return }
        if !sent { send(StandInCouchDBAnswer.chunk("\n"), on: channel) }
        if options.isDescending {
            end(id)
            return
        }
        startTimers(id)
    }

    /// Sends what has changed to every feed; ends those whose database is gone.
    func wakeFeeds() {
        guard !isStalled, !buffersFeeds else { return }
        for (id, open) in feeds {
            guard let database = state.databases[open.feed.options.database], database.identity == open.feed.identity
            else {
                end(id)
                continue
            }
            guard database.updateSequence > open.feed.position else { continue }
            // CouchDB sends a blank line whenever a write wakes a feed.
            send(StandInCouchDBAnswer.chunk("\n"), on: open.channel)
            if sendRows(id), feeds[id] != nil { startTimers(id) }
        }
    }

    /// Ends a feed in order: `last_seq`, a blank line, the last chunk.
    func end(_ id: ObjectIdentifier) {
        guard let open = feeds.removeValue(forKey: id) else { return }
        stopTimers(open)
        let feed = open.feed
        let database = state.databases[feed.options.database]
        let isSame = database?.identity == feed.identity
        let pending = isSame ? database?.rows(feed.options, after: feed.position).count ?? 0 : 0
        let sequence = StandInCouchDBSequence.text(feed.position, identity: feed.identity)
        let members = "\"last_seq\":\"\(sequence)\",\"pending\":\(pending)}\n"
        let prefix = feed.options.kind == .longpoll ? (feed.sentRows > 0 ? "\n],\n" : "\n],\n") : "{"
        send(StandInCouchDBAnswer.chunk(prefix + members) + StandInCouchDBAnswer.chunk("\n"), on: open.channel)
        send(StandInCouchDBAnswer.lastChunk, on: open.channel)
    }

    /// Sends the rows after a feed's position, several to a chunk; says whether there were any.
    private func sendRows(_ id: ObjectIdentifier) -> Bool {
        guard var open = feeds[id], let database = state.databases[open.feed.options.database] else { return false }
        var rows = database.rows(open.feed.options, after: open.feed.position)
        let isCut: Bool
        if let limit = open.feed.options.limit, rows.count >= limit - open.feed.sentRows {
            isCut = rows.count > limit - open.feed.sentRows
            rows = Array(rows.prefix(limit - open.feed.sentRows))
        } else {
            isCut = false
        }
        open.feed.sentRows += rows.count
        open.feed.position = isCut ? rows.last?.sequence ?? open.feed.position : database.updateSequence
        let isLongpoll = open.feed.options.kind == .longpoll
        let separator = isLongpoll ? ",\r\n" : "\n"
        var chunk = ""
        for (index, row) in rows.enumerated() {
            chunk += row.text + (isLongpoll && index == rows.count - 1 ? "" : separator)
            if chunk.utf8.count >= Self.chunkSize {
                send(StandInCouchDBAnswer.chunk(chunk), on: open.channel)
                chunk = ""
            }
        }
        if !chunk.isEmpty { send(StandInCouchDBAnswer.chunk(chunk), on: open.channel) }
        feeds[id] = open
        if open.feed.isFull || (isLongpoll && !rows.isEmpty) { end(id) }
        return !rows.isEmpty
    }

    private func startTimers(_ id: ObjectIdentifier) {
        guard var open = feeds[id] else { return }
        stopTimers(open)
        let loop = open.channel.eventLoop
        let bound = NIOLoopBound(self, eventLoop: loop)
        if let heartbeat = open.feed.options.heartbeat {
            let interval = TimeAmount.microseconds(Int64(heartbeat) * 1000 / speed)
            open.heartbeat = loop.scheduleRepeatedTask(initialDelay: interval, delay: interval) { _ in
                bound.value.beat(id)
            }
        } else {
            let delay = TimeAmount.microseconds(Int64(open.feed.options.timeout) * 1000 / speed)
            open.timeout = loop.scheduleTask(in: delay) {
                if bound.value.holdsTimeouts {
                    bound.value.startTimers(id)
                } else if !bound.value.isStalled {
                    bound.value.end(id)
                }
            }
        }
        feeds[id] = open
    }

    private func beat(_ id: ObjectIdentifier) {
        guard !isStalled, let open = feeds[id] else { return }
        send(StandInCouchDBAnswer.chunk("\n"), on: open.channel)
    }
}
