import Foundation
import ServiceModel
import Testing

@Suite struct ServiceIDTests {
    @Test(arguments: ["web", "a", "7", "my-service", "a:b_c.d-", ".web", "_", String(repeating: "a", count: 176)])
    func `takes what can be part of a unit's name`(text: String) throws {
        #expect(try ServiceID(text).rawValue == text)
        #expect(ServiceID(rawValue: text)?.description == text)
    }

    @Test(arguments: [
        "", "-web", "a b", "a/b", "a@b", "_design/x", "ä", "a\\x2d", ".", "..", "a\u{0}",
        String(repeating: "a", count: 177),
        "a" + String(repeating: "-", count: 60),
    ])
    func `refuses what can't`(text: String) {
        #expect(ServiceID(rawValue: text) == nil)
        let error = #expect(throws: DefinitionError.self) { try ServiceID(text) }
        #expect(error?.path == "_id")
        #expect(error?.isTransient == false)
    }

    @Test func `counts each hyphen four times`() {
        #expect(ServiceID(rawValue: "a" + String(repeating: "-", count: 59)) != nil)
    }

    @Test(arguments: [
        "1-62d4023616ab1e7921f74f650aab51e1": "1-62d4…", "12-abcdef0": "12-abcd…", "3-abcdef": "3-abcdef", "abc": "abc",
        "abcdefghijklm": "abcdefghi…",
    ])
    func `shortens a revision to its generation and a bit of its hash`(text: String, short: String) throws {
        #expect(try Revision(text).short == short)
    }

    @Test(arguments: ["", "manager", "1/2", "1 2", "1@2", String(repeating: "1", count: 71)])
    func `refuses a revision that can't be a unit's instance`(text: String) {
        #expect(throws: DefinitionError.self) { try Revision(text) }
    }

    @Test func `a revision goes through JSON unchanged, and is checked there, too`() throws {
        let revision = try Revision("1-62d4023616ab1e7921f74f650aab51e1")
        let bytes = try JSONEncoder().encode([revision])
        #expect(try JSONDecoder().decode([Revision].self, from: bytes) == [revision])
        #expect(throws: (any Error).self) {
            try JSONDecoder().decode([Revision].self, from: Data("[\"manager\"]".utf8))
        }
    }
}
