import ServiceManager
import Testing

/// What `launch` says, and what is said of a line that can't be understood.
@Suite struct LaunchMessageTests {
    @Test(arguments: [
        "hello 1 web manager - http://admin:hunter2@db:5984/services 12x",
        "hello 1 web manager - http://admin:hun ter2@db:5984/services 12",
        "hello 2 web manager - http://admin:hunter2@db:5984/services 12",
        "hello 1 web nobody! - http://admin:hunter2@db:5984/services 12",
        "hello 1 web manager http://admin:hunter2@db:5984/services - 12",
        "hello 1 web http://admin:hunter2@db:5984/services - - 12",
        "hello http://admin:hunter2@db:5984/services", "hallo http://admin:hunter2@db:5984/services",
        "hello 1 web manager - admin:hunter2@db 12x",
    ])
    func `a broken line is told without the password of the unit's database`(line: String) throws {
        let error = try #require(throws: LaunchProtocolError.self) { try LaunchMessage(line: line) }
        for word in ["hunter2", "hun", "ter2", "admin"] {
            #expect(!"\(error) \(error.reason)".contains(word), "\(error)")
        }
    }

    @Test func `a broken line without a URL is told as it is`() throws {
        let error = try #require(throws: LaunchProtocolError.self) { try LaunchMessage(line: "copied") }
        #expect(error.description.hasPrefix("launch sent \"copied\": expected hello, stopping"))
    }
}
