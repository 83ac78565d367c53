import Foundation
import Testing
import TestSupport

struct RevisionTests {
    @Test func `revisions are those that a real CouchDB gave to the same bodies`() throws {
        let path = Bundle.module.bundlePath + "/transcripts/20-deterministic-revs.jsonl"
        let lines = try String(contentsOfFile: path, encoding: .utf8).split(separator: "\n")
        let last = try StandInCouchDBJSONParser.parse(String(try #require(lines.last)))
        let checks = try #require(last["checks"]?.array)
        #expect(checks.count == 3)
        for check in checks {
            let body = try #require(check["body"])
            let created = StandInCouchDBRevision(body: body, isDeleted: false, parent: nil)
            let updated = StandInCouchDBRevision(body: body, isDeleted: false, parent: created)
            let deleted = StandInCouchDBRevision(body: .object([]), isDeleted: true, parent: updated)
            #expect([created, updated, deleted].map(\.text) == check["server"]?.array?.compactMap(\.string))
        }
    }
}
