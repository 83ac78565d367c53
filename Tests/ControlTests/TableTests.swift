import ControlAPI
import ServiceModel
import Testing
import smctl

@Suite struct `status as text` {
    private func rendered(_ services: [ServiceStatus], style: Style = .plain, isWide: Bool = false) throws -> String {
        let now = try #require(Timestamp.date(Fixtures.now))
        return StatusTable(style: style, now: now).lines(Fixtures.document(services), isWide: isWide).joined(
            separator: "\n"
        )
    }

    @Test func `is plain words without a terminal`() throws {
        let text = try rendered([Fixtures.api(), Fixtures.mail(), Fixtures.web()])
        #expect(
            text == """
                TODO
                """
        )
    }

    @Test func `has symbols and colour on a terminal`() throws {
        let text = try rendered([Fixtures.api(), Fixtures.batch(), Fixtures.web()], style: .terminal)
        #expect(
            text.replacing("\u{1B}", with: "^") == """
                TODO
                """
        )
    }

    @Test func `has a line per backend when wide`() throws {
        let text = try rendered([Fixtures.api(), Fixtures.batch(), Fixtures.web()], isWide: true)
        #expect(
            text == """
                TODO
                """
        )
    }

    @Test func `says what to do when there is no service`() throws {
        let text = try rendered([])
        #expect(
            text == """
                TODO
                """
        )
    }
}
