import DefinitionDirectory
import Foundation
import Testing
import TestSupport

@Suite(.timeLimit(.minutes(5)))
struct TroubleTests {
    @Test func `a missing directory is unavailable and never a deletion`() async throws {
        let place = try Workplace()
        try FileManager.default.removeItem(atPath: place.definitions)
        try await place.watching(knownIDs: ["web"]) {
            try await place.expect("unavailable: the directory doesn't exist")
            try FileManager.default.createDirectory(atPath: place.definitions, withIntermediateDirectories: true)
            try place.write("web.json", "{}")
            #expect(try await place.nextSummary().hasSuffix("web@1"))
        }
    }

    @Test func `a file in place of the directory is unavailable`() async throws {
        let place = try Workplace()
        try FileManager.default.removeItem(atPath: place.definitions)
        try Data().write(to: URL(fileURLWithPath: place.definitions))
        try await place.watching {
            try await place.expect("unavailable: it isn't a directory")
        }
    }

    @Test func `a directory that can't be opened is unavailable and never a deletion`() async throws {
        let place = try Workplace()
        try place.write("web.json", "{}")
        try await place.watching { try await place.expect("listed web@1") }
        #expect(rename(place.definitions, place.root + "/old") == 0)
        // Rights don't keep root out; a loop does.
        #expect(symlink("services", place.definitions) == 0)
        try await place.watching(knownIDs: ["web"]) {
            guard case .unavailable(.failed(_, let number)) = try await place.next() else {
                Issue.record("expected a failed call")
                return
            }
            #expect(number == ELOOP)
            #expect(unlink(place.definitions) == 0)
            #expect(rename(place.root + "/old", place.definitions) == 0)
            var summary = try await place.nextSummary()
            while summary.hasPrefix("unavailable") { summary = try await place.nextSummary() }
            #expect(summary == "listed web@1")
        }
    }

    @Test func `a directory that is replaced is watched again, and what it lacks is deleted`() async throws {
        let place = try Workplace()
        try place.write("web.json", "{}")
        try place.write("api.json", "{}")
        try await place.watching {
            try await place.expect("listed api@1,web@1")
            let next = place.root + "/next"
            try FileManager.default.createDirectory(atPath: next, withIntermediateDirectories: true)
            try Data("{}".utf8).write(to: URL(fileURLWithPath: next + "/web.json"))
            #expect(rename(place.definitions, place.root + "/old") == 0)
            #expect(rename(next, place.definitions) == 0)
            // It may be noticed in between, when there is none, or only by the other one that is there.
            var summaries: [String] = []
            while summaries.last != "deleted api" { summaries.append(try await place.nextSummary()) }
            #expect(summaries.filter { !$0.hasPrefix("unavailable") } == ["listed web@1", "deleted api"])
            try place.write("web.json", "{\"a\":1}")
            try await place.expect("changed web@2")
        }
    }

    @Test func `an empty directory in place of a full one is not believed`() async throws {
        let place = try Workplace()
        try place.write("web.json", "{}")
        try await place.watching { try await place.expect("listed web@1") }
        #expect(rename(place.definitions, place.root + "/old") == 0)
        try FileManager.default.createDirectory(atPath: place.definitions, withIntermediateDirectories: true)
        try await place.watching {
            #expect(try await place.next() == .unavailable(.emptyAfterReplacement(known: 1)))
            try place.write("api.json", "{}")
            try await place.expect("listed api@1")
            try await place.expect("deleted web")
        }
    }

    @Test func `a state file that isn't one is moved aside and rebuilt`() async throws {
        let place = try Workplace()
        try place.write("web.json", "{}")
        try FileManager.default.createDirectory(atPath: place.state, withIntermediateDirectories: true)
        try Data("{\"version\":1,".utf8).write(to: URL(fileURLWithPath: place.stateFile))
        try await place.watching {
            let first = try await place.nextSummary()
            #expect(first.contains("moved to \(place.stateFile).corrupt"))
            try await place.expect("listed web@1")
        }
        #expect(FileManager.default.fileExists(atPath: place.stateFile + ".corrupt"))
        try await place.watching { try await place.expect("listed web@1") }
    }

    @Test func `a state file that can't be written doesn't hold up definitions`() async throws {
        let place = try Workplace()
        try Data().write(to: URL(fileURLWithPath: place.state))
        try place.write("web.json", "{}")
        try await place.watching {
            #expect(try await place.nextSummary().hasPrefix("state: "))
            var summary = try await place.nextSummary()
            while summary.hasPrefix("state: ") { summary = try await place.nextSummary() }
            #expect(summary == "listed web@1")
        }
    }

    @Test func `files that can't be used are named, and are no deletions`() async throws {
        let place = try Workplace()
        try place.write("web.json", "{}")
        try await place.watching {
            try await place.expect("listed web@1")
            try place.remove("web.json")
            try await place.expect("deleted web")
            #expect(symlink("loop.json", place.definitions + "/loop.json") == 0)
            #expect(try await place.next() == .unusable(id: "loop", .linkLoop))
            #expect(symlink("nowhere", place.definitions + "/gone.json") == 0)
            #expect(try await place.next() == .unusable(id: "gone", .danglingLink))
            #expect(mkdir(place.definitions + "/folder.json", 0o755) == 0)
            #expect(try await place.next() == .unusable(id: "folder", .notAFile))
            #expect(mkfifo(place.definitions + "/pipe.json", 0o644) == 0)
            #expect(try await place.next() == .unusable(id: "pipe", .notAFile))
            let large = String(repeating: " ", count: (8 << 20) + 1)
            try place.replace("large.json", large)
            #expect(try await place.next() == .unusable(id: "large", .tooLarge(bytes: large.utf8.count)))
        }
    }

    @Test func `many changes at once all arrive`() async throws {
        let place = try Workplace()
        try await place.watching {
            try await place.expect("listed ")
            let ids = Set((0..<500).map { "s\($0)" })
            for id in ids { try place.replace(id + ".json", "{\"id\":\"\(id)\"}") }
            var seen: Set<String> = []
            while seen.count < ids.count {
                guard case .changed(let document) = try await place.next() else { continue }
                #expect(document.body == Array("{\"id\":\"\(document.id)\"}".utf8))
                seen.insert(document.id)
            }
            #expect(seen == ids)
        }
    }

    @Test func `a directory that is a symbolic link follows it within a second when it is pointed elsewhere`()
        async throws
    {
        let place = try Workplace()
        try place.release("1", "{\"v\": 1}")
        try place.release("2", "{\"v\": 2}")
        try FileManager.default.removeItem(atPath: place.definitions)
        #expect(symlink("releases/1/services", place.definitions) == 0)
        try await place.watching {
            try await place.expect("listed web@1")
            try place.point("services", at: "releases/2/services")
            try await place.expectWithinASecond("listed web@2")
            // The new directory is the one that is watched.
            try place.write("web.json", "{\"v\": 3}")
            try await place.expectWithinASecond("changed web@3")
        }
    }

    @Test func `a directory whose parent is a symbolic link follows it, too`() async throws {
        let place = try Workplace()
        try place.release("1", "{\"v\": 1}")
        try place.release("2", "{\"v\": 2}")
        try place.point("current", at: "releases/1")
        try FileManager.default.removeItem(atPath: place.definitions)
        #expect(symlink("current/services", place.definitions) == 0)
        try await place.watching {
            try await place.expect("listed web@1")
            try place.point("current", at: "releases/2")
            try await place.expectWithinASecond("listed web@2")
        }
    }
}

extension Workplace {
    /// Makes `releases/NAME/services/web.json`.
    fileprivate func release(_ name: String, _ text: String) throws {
        let folder = root + "/releases/\(name)/services"
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        try Data(text.utf8).write(to: URL(fileURLWithPath: folder + "/web.json"))
    }

    /// Points a symbolic link elsewhere in one step.
    fileprivate func point(_ name: String, at target: String) throws {
        guard symlink(target, root + "/new") == 0, rename(root + "/new", root + "/" + name) == 0 else {
            throw NeverHappened(description: "symlink")
        }
    }

    fileprivate func expectWithinASecond(_ summary: String) async throws {
        #expect(
            DefinitionDirectory.Settings().identityInterval <= .milliseconds(500),
            "half a second is left for the rest"
        )
        try await expect(summary)
    }
}
