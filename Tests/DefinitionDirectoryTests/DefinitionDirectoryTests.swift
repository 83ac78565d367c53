import DefinitionDirectory
import Foundation
import Testing
import TestSupport

@Suite(.timeLimit(.minutes(5)))
struct DefinitionDirectoryTests {
    @Test func `lists what is there and ignores everything that is no definition`() async throws {
        let place = try Workplace()
        try place.write("web.json", "{\"image\":\"nginx:1\"}")
        try place.write("api.json", "{}")
        for name in [".hidden.json", "web.json~", "#web.json#", "notes.txt", ".json", "web.json.swp"] {
            try place.write(name, "{}")
        }
        try await place.watching {
            guard case .listed(let documents) = try await place.next() else {
                Issue.record("expected a listing")
                return
            }
            #expect(documents.map(\.id) == ["api", "web"])
            #expect(documents[1].body == Array("{\"image\":\"nginx:1\"}".utf8))
            // md5sum of {}
            #expect(documents[0].revision == "1-99914b932bd37a50b983c5e7c90ae93b")
        }
    }

    @Test func `reports a file written in place and one that was replaced`() async throws {
        let place = try Workplace()
        try await place.watching {
            try await place.expect("listed ")
            try place.write("web.json", "{\"a\":1}")
            try await place.expect("changed web@1")
            try place.replace("web.json", "{\"a\":2}")
            try await place.expect("changed web@2")
            try place.write("web.json", "{\"a\":3}")
            try await place.expect("changed web@3")
        }
    }

    @Test func `a file that is moved to its place is reported without a pause, others are let gather`() async throws {
        let clock = ManualClock()
        let place = try Workplace(clock: clock)
        try await place.watching {
            try await eventually("it lets changes gather") { clock.deadlines.contains(.milliseconds(20)) }
            clock.advance(by: .milliseconds(20))
            try await place.expect("listed ")
            try place.replace("web.json", "{\"a\":1}")
            try await place.expect("changed web@1")
            try place.write("web.json", "{\"a\":2}")
            let pause = clock.now.offset + .milliseconds(20)
            try await eventually("it lets changes gather") { clock.deadlines.contains(pause) }
            clock.advance(by: .milliseconds(20))
            try await place.expect("changed web@2")
        }
    }

    @Test func `the same bytes again are nothing new`() async throws {
        let place = try Workplace()
        try place.write("web.json", "{\"a\":1}")
        try await place.watching {
            try await place.expect("listed web@1")
            try place.replace("web.json", "{\"a\":1}")
            try place.write("other.json", "{}")
            try await place.expect("changed other@1")
        }
    }

    @Test func `revisions go on over restarts and after a deletion`() async throws {
        let place = try Workplace()
        try place.write("web.json", "{\"a\":1}")
        try await place.watching { try await place.expect("listed web@1") }
        try await place.watching {
            try await place.expect("listed web@1")
            try place.write("web.json", "{\"a\":2}")
            try await place.expect("changed web@2")
            try place.remove("web.json")
            try await place.expect("deleted web")
            try place.replace("web.json", "{\"a\":2}")
            try await place.expect("changed web@3")
        }
        try place.write("web.json", "{\"a\":4}")
        try await place.watching { try await place.expect("listed web@4") }
    }

    @Test func `a file that disappeared while nobody watched is a deletion`() async throws {
        let place = try Workplace()
        try place.write("web.json", "{}")
        try await place.watching { try await place.expect("listed web@1") }
        try place.remove("web.json")
        try await place.watching(knownIDs: ["older"]) {
            try await place.expect("listed ")
            try await place.expect("deleted older")
            try await place.expect("deleted web")
        }
        try await place.watching(listingInterval: .milliseconds(30)) {
            try await place.expect("listed ")
            try await place.expect("listed ")
        }
    }

    @Test func `a half-written file is read again before it is reported`() async throws {
        let place = try Workplace()
        try await place.watching {
            try await place.expect("listed ")
            try place.write("web.json", "{\"image\":")
            try place.write("web.json", "{\"image\":\"nginx\"}")
            guard case .changed(let document) = try await place.next() else {
                Issue.record("expected a change")
                return
            }
            #expect(document.body == Array("{\"image\":\"nginx\"}".utf8))
            #expect(document.summary == "web@1")
        }
    }

    @Test func `a file that stays broken is reported as it is`() async throws {
        let place = try Workplace()
        try await place.watching(rereadDelay: .milliseconds(1)) {
            try await place.expect("listed ")
            try place.write("web.json", "{\"image\" \"nginx\"}")
            try await place.expect("changed web@1")
        }
    }

    @Test func `everything is listed anew after an interval`() async throws {
        let place = try Workplace()
        try place.write("web.json", "{}")
        try await place.watching(listingInterval: .milliseconds(20)) {
            for _ in 1...3 { try await place.expect("listed web@1") }
        }
    }
}
