import ServiceModel
import Testing

/// Who pulls and who starts next, on a host that does only so many at a time.
@Suite struct StartOrderTests {
    private func id(_ name: String) throws -> ServiceID { try ServiceID(name) }

    private func start(_ name: String, attempt: Int = 1) throws -> StartTurn {
        .start(InstanceID(revision: try Revision("1-\(name)"), slot: attempt, attempt: attempt))
    }

    private func wish(
        _ name: String,
        _ urgency: StartWish.Urgency = .arriving,
        rank: Int = 0,
        attempt: Int = 1
    ) throws -> StartWish {
        StartWish(try start(name, attempt: attempt), urgency, rank: rank)
    }

    /// The line as something that tests can ask in the middle of an expectation.
    private final class Line {
        private var order: StartOrder

        init(limit: Int) { order = StartOrder(limit: limit) }

        func update(_ service: ServiceID, _ wishes: [StartWish], needs: Set<ServiceID>) {
            order.update(service, wishes, needs: needs)
        }

        func give() -> [StartOrder.Given] { order.give() }
        func ahead() -> [ServiceID: Int] { order.ahead() }

        /// Who gets a turn, one after the other, when each is done as soon as it has begun.
        func names() -> [String] {
            var names: [String] = []
            while let next = order.give().first {
                names.append(next.service.rawValue)
                order.update(next.service, [], needs: [])
            }
            return names
        }
    }

    @Test func `only so many start at a time, and a turn that isn't named any more is given to the next`() throws {
        let line = Line(limit: 2)
        for name in ["a", "b", "c", "d"] { line.update(try id(name), [try wish(name)], needs: []) }
        #expect(line.give().map(\.service.rawValue) == ["a", "b"])
        #expect(line.give().isEmpty)
        let ahead = [try id("c"): 0, try id("d"): 1]
        #expect(line.ahead() == ahead)
        line.update(try id("b"), [], needs: [])
        #expect(line.give().map(\.service.rawValue) == ["c"])
        // One that holds a turn goes on naming it, and gets no second.
        line.update(try id("a"), [try wish("a")], needs: [])
        #expect(line.give().isEmpty)
        line.update(try id("a"), [], needs: [])
        line.update(try id("c"), [], needs: [])
        #expect(line.give().map(\.service.rawValue) == ["d"])
        #expect(line.ahead().isEmpty)
    }

    @Test func `pulls that hang hold up no start`() throws {
        let line = Line(limit: 1)
        line.update(try id("a"), [StartWish(.pull(try Revision("1-a")), .arriving)], needs: [])
        #expect(line.give().count == 1)
        line.update(try id("b"), [StartWish(.pull(try Revision("1-b")), .arriving)], needs: [])
        line.update(try id("c"), [try wish("c")], needs: [])
        #expect(line.give().map(\.service.rawValue) == ["c"])
        let ahead = [try id("b"): 0]
        #expect(line.ahead() == ahead)
    }

    @Test func `what served before comes first, and what keeps ending comes last`() throws {
        let line = Line(limit: 1)
        line.update(try id("crashes"), [try wish("crashes", .crashLooping)], needs: [])
        line.update(try id("new"), [try wish("new")], needs: [])
        line.update(try id("served"), [try wish("served", .restoring)], needs: [])
        #expect(line.names() == ["served", "new", "crashes"])
    }

    @Test func `those that others wait for come first, also by way of others`() throws {
        let line = Line(limit: 1)
        line.update(try id("shop"), [try wish("shop")], needs: [try id("api")])
        line.update(try id("api"), [try wish("api")], needs: [try id("database")])
        line.update(try id("database"), [try wish("database")], needs: [])
        line.update(try id("other"), [try wish("other")], needs: [])
        #expect(line.names() == ["database", "api", "shop", "other"])
    }

    @Test func `services that wait for each other don't stop the line`() throws {
        let line = Line(limit: 1)
        line.update(try id("a"), [try wish("a")], needs: [try id("b")])
        line.update(try id("b"), [try wish("b")], needs: [try id("a")])
        #expect(line.names().sorted() == ["a", "b"])
    }

    @Test func `each service's first instance comes before another's second`() throws {
        let line = Line(limit: 1)
        line.update(try id("big"), try (1...3).map { try wish("big", rank: $0 - 1, attempt: $0) }, needs: [])
        line.update(try id("small"), [try wish("small")], needs: [])
        #expect(line.give().map(\.service.rawValue) == ["big"])
        line.update(try id("big"), try (2...3).map { try wish("big", rank: $0 - 1, attempt: $0) }, needs: [])
        #expect(line.give().map(\.service.rawValue) == ["small"])
    }

    @Test func `whoever was overtaken a hundred times is next`() throws {
        let line = Line(limit: 1)
        line.update(try id("last"), [try wish("last", .crashLooping)], needs: [])
        line.update(try id("busy"), [try wish("busy", .restoring, attempt: 0)], needs: [])
        var turns = 0
        for attempt in 1...200 {
            let next = try #require(line.give().first)
            guard next.service.rawValue == "busy" else { break }
            turns += 1
            line.update(next.service, [try wish("busy", .restoring, attempt: attempt)], needs: [])
        }
        // Only those that came later overtake it.
        #expect(turns == StartOrder.patience)
    }

    @Test func `a limit below 1 is 1`() throws {
        let line = Line(limit: 0)
        line.update(try id("a"), [try wish("a")], needs: [])
        #expect(line.give().count == 1)
    }
}
