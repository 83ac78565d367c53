import CouchDB
import Foundation
import Testing

struct CouchDBLocationTests {
    @Test(arguments: [
        ("http://127.0.0.1:5984/services", "http://127.0.0.1:5984/services", "services"),
        ("http://user:pass@couch/services/", "http://couch:80/services", "services"),
        ("https://example.org/couchdb/services", "https://example.org:443/couchdb/services", "services"),
        ("HTTP://[fd00::1]:5984/team%2Fservices", "http://[fd00::1]:5984/team%2Fservices", "team/services"),
        ("http://a:b@c@host:1/db", "http://host:1/db", "db"),
    ])
    func `takes a URL apart and prints it without credentials`(url: String, printed: String, database: String) throws {
        let location = try CouchDBLocation(url)
        #expect("\(location)" == printed)
        #expect(location.database == database)
    }

    @Test func `decodes credentials and never shows them`() throws {
        let location = try CouchDBLocation("http://us%40er:p%3Aw%2F%20x@host/db")
        #expect(location.credentials == CouchDBCredentials(user: "us@er", password: "p:w/ x"))
        var dumped = ""
        dump(location, to: &dumped)
        for text in ["\(location)", String(reflecting: location), dumped, "\(location.credentials as Any)"] {
            #expect(!text.contains("p:w") && !text.contains("us@er"))
        }
    }

    @Test(arguments: [
        "127.0.0.1:5984/services", "ftp://host/db", "http://host", "http://host/", "http://host:0/db", "http://host:x/db",
        "http://host/db?x=1", "http://host/Services", "http://host/_users", "http:///db", "http://u:%zz@host/db",
        "http://host/a b", "http://host:70000/db", "://u:secret@host/db", "user:secret@host/db",
    ])
    func `refuses what is no database URL without showing the password`(url: String) {
        let error = #expect(throws: CouchDBLocationError.self) { try CouchDBLocation(url) }
        #expect(!"\(error as Any)".contains("secret"))
    }

    @Test func `reads credentials from a file's first line`() throws {
        let path = NSTemporaryDirectory() + "credentials-" + UUID().uuidString
        defer { try? FileManager.default.removeItem(atPath: path) }
        try Data("admin:pa:ss\nsomething else\n".utf8).write(to: URL(fileURLWithPath: path))
        let credentials = try CouchDBCredentials(contentsOfFile: path)
        #expect(credentials == CouchDBCredentials(user: "admin", password: "pa:ss"))
        let location = try CouchDBLocation("http://other:one@host/db", credentials: credentials)
        #expect(location.credentials == credentials)
        try Data("no colon".utf8).write(to: URL(fileURLWithPath: path))
        #expect(throws: CouchDBLocationError.self) { try CouchDBCredentials(contentsOfFile: path) }
        #expect(throws: CouchDBLocationError.self) { try CouchDBCredentials(contentsOfFile: path + ".missing") }
    }
}
