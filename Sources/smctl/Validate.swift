import ArgumentParser
import ServiceModel

#if canImport(Glibc)
import Glibc
#endif

/// Checks definitions before they are used.
struct Validate: Verb {
    static let configuration = CommandConfiguration(
        abstract: "Check service definitions; service-managerd needn't run."
    )

    /// More than CouchDB accepts as a document.
    private static let maximumFileSize = 8 << 20

    @Argument(help: ArgumentHelp("The files; - is the standard input.", valueName: "file"))
    var files: [String]

    /// Checks all of them, whatever is wrong with one.
    func run(_ output: Output) async throws -> ExitStatus {
        var status = ExitStatus.ok
        for file in files {
            do {
                let report = ServiceDefinition.decode(try Self.read(file))
                for line in Self.lines(report, file: file) { output.prose(line) }
                if report.errors.isEmpty {
                    output.note("\(file) is a valid definition")
                } else {
                    status = .invalid
                }
            } catch let complaint as Complaint {
                output.note("smctl: \(complaint)")
                if status == .ok { status = .usage }
            }
        }
        return status
    }

    /// A line per finding, as compilers print them.
    static func lines(_ report: DefinitionReport, file: String) -> [String] {
        let errors = report.errors.map { (position: $0.position, text: "error \($0)") }
        let warnings = report.warnings.map { (position: $0.position, text: "warning \($0)") }
        return (errors + warnings).map { finding in
            let place = finding.position.map { "\(file):\($0)" } ?? file
            return Style.plain.text("\(place) \(finding.text)")
        }
    }

    private static func read(_ file: String) throws -> [UInt8] {
        let descriptor = file == "-" ? STDIN_FILENO : open(file, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { throw unreadable(file) }
        defer { if descriptor != STDIN_FILENO { close(descriptor) } }
        var bytes: [UInt8] = []
        var chunk = [UInt8](repeating: 0, count: 1 << 16)
        while true {
            let count = Glibc.read(descriptor, &chunk, chunk.count)
            if count == 0 { return bytes }
            guard count > 0 else {
                if errno == EINTR { continue }
                throw unreadable(file)
            }
            bytes += chunk[..<count]
            guard bytes.count <= maximumFileSize else {
                throw Complaint("\(file): more than \(maximumFileSize) bytes, which no definition has")
            }
        }
    }

    private static func unreadable(_ file: String) -> Complaint {
        Complaint("cannot read \(file): \(String(cString: strerror(errno)))")
    }
}
