import FoundationEssentials
import NIOCore
import NIOFoundationEssentialsCompat

/// The whole status, each time something about it changed; the first element is the status as it is.
package struct StatusUpdates: AsyncSequence {
    let lines: ControlLines

    package func makeAsyncIterator() -> AsyncIterator { AsyncIterator(lines: lines.makeAsyncIterator()) }

    /// Puts changes together with what they change.
    package struct AsyncIterator: AsyncIteratorProtocol {
        var lines: ControlLines.AsyncIterator
        private var document: StatusDocument?

        init(lines: ControlLines.AsyncIterator) { self.lines = lines }

        /// The next status; nil when the daemon ended the stream.
        package mutating func next() async throws(ControlError) -> StatusDocument? {
            guard let line = try await lines.next() else { return nil }
            do {
                if var changed = document {
                    changed.apply(try JSONDecoder().decode(StatusChange.self, from: line))
                    document = changed
                } else {
                    document = try JSONDecoder().decode(StatusDocument.self, from: line)
                }
            } catch {
                throw .unreadable(found: String(describing: error))
            }
            return document
        }
    }
}
