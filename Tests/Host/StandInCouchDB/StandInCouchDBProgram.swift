import ArgumentParser
import Glibc
import TestSupport

/// `standin-couchdb --port 5984 --database services`: a CouchDB for hosts that can't have the real one.
@main
struct StandInCouchDBProgram: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "standin-couchdb",
        abstract: "Answers like Apache CouchDB, keeps everything in memory, and is meant for tests only."
    )

    @Option(help: "The address to listen on.")
    var host = "127.0.0.1"

    @Option(help: "The port to listen on; 0 for any.")
    var port = 5984

    @Option(name: .customLong("database"), help: "A database to begin with; may be given several times.")
    var databases: [String] = ["services"]

    @Option(help: "An administrator as name:password; without one, everyone may do everything.")
    var administrator: String?

    @Option(help: "A file that keeps the documents over restarts; without one they are in memory only.")
    var journal: String?

    func validate() throws {
        guard administrator?.contains(":") ?? true else {
            throw ValidationError("--administrator: expected name:password")
        }
    }

    func run() async throws {
        var administrators: [String: String] = [:]
        if let halves = administrator?.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false) {
            administrators[String(halves[0])] = String(halves[1])
        }
        let server = try await StandInCouchDB.start(
            host: host,
            port: port,
            administrators: administrators,
            databases: databases,
            journal: journal
        )
        print("listening on \(server.baseURL)")
        // Into a pipe or a file, the line would wait for many more.
        fflush(nil)
        try await server.wait()
    }
}
