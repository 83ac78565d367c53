import Foundation
import Testing

/// A host's file system in a temporary folder, and the real generator on it.
private final class Host {
    let root: URL

    init() throws {
        root = FileManager.default.temporaryDirectory.appending(path: "generator-\(UUID().uuidString)")
        for folder in ["out", "late"] {
            try FileManager.default.createDirectory(at: root.appending(path: folder), withIntermediateDirectories: true)
        }
    }

    deinit { try? FileManager.default.removeItem(at: root) }

    func write(_ text: String, to path: String) throws {
        let file = root.appending(path: path)
        try FileManager.default.createDirectory(at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
        try Data(text.utf8).write(to: file)
    }

    func read(_ path: String) -> String? {
        (try? Data(contentsOf: root.appending(path: path))).map { String(decoding: $0, as: UTF8.self) }
    }

    func link(_ path: String) -> String? {
        try? FileManager.default.destinationOfSymbolicLink(atPath: root.appending(path: path).path)
    }

    /// Everything that was generated.
    var output: Set<String> {
        let all = ["out", "late"].flatMap { folder in
            FileManager.default.enumerator(atPath: root.appending(path: folder).path)?.allObjects ?? []
        }
        return Set(all.compactMap { $0 as? String }.filter { !$0.hasSuffix(".wants") && !$0.hasSuffix(".d") })
    }

    /// Runs the generator; returns what it says on its standard error.
    ///
    /// It always succeeds.
    func generate(_ arguments: [String]? = nil) throws -> String {
        let program = URL(filePath: "/proc/self/exe").resolvingSymlinksInPath().deletingLastPathComponent()
        let process = Process()
        process.executableURL = program.appending(path: "service-managerd-generator")
        process.arguments = arguments ?? ["out", "early", "late"].map { root.appending(path: $0).path }
        process.environment = ["SERVICE_MANAGER_ROOT": root.path]
        let pipe = Pipe()
        process.standardError = pipe
        try process.run()
        let said = pipe.fileHandleForReading.readDataToEndOfFile()
        process.waitUntilExit()
        #expect(process.terminationReason == .exit && process.terminationStatus == 0)
        return String(decoding: said, as: UTF8.self)
    }
}

private let template = "[Service]\nExecStart=/opt/service-manager/launch %p %i -\n"
private let dropIn = """
    # Made by service-managerd-generator.
    [Unit]
    Wants=service-managerd.service
    After=service-managerd.service

    [Service]
    LogRateLimitIntervalSec=1s
    LogRateLimitBurst=1000000

    """

@Suite struct GeneratorTests {
    @Test func `copies a template, wants its manager, and adds the drop-in`() throws {
        let host = try Host()
        try host.write(template, to: "etc/service-managerd/generated/web-shop@.service")
        #expect(try host.generate() == "")
        #expect(host.read("late/web-shop@.service") == template)
        for unit in ["service-manager.target", "docker.service"] {
            #expect(
                host.link("out/\(unit).wants/web-shop@manager.service") == "\(host.root.path)/late/web-shop@.service"
            )
        }
        #expect(host.read("out/web-shop@.service.d/50-service-manager.conf") == dropIn)
        #expect(host.output.count == 4)
        // At a reload systemd empties the folder first, but a second run has to be harmless.
        #expect(try host.generate() == "")
        #expect(host.output.count == 4)
    }

    @Test(arguments: [
        "etc/systemd/system", "run/systemd/system", "usr/local/lib/systemd/system", "usr/lib/systemd/system",
        "lib/systemd/system",
    ])
    func `leaves a service alone that has a unit of the user's`(folder: String) throws {
        let host = try Host()
        try host.write(template, to: "etc/service-managerd/generated/shop@.service")
        try host.write("[Service]\nExecStart=/bin/true\n", to: "\(folder)/shop@.service")
        #expect(try host.generate() == "")
        #expect(host.output == [])
    }

    @Test func `leaves a masked service alone`() throws {
        let host = try Host()
        try host.write(template, to: "etc/service-managerd/generated/shop@.service")
        try host.write("", to: "etc/systemd/system/other.service")
        try FileManager.default.createSymbolicLink(
            atPath: host.root.appending(path: "etc/systemd/system/shop@.service").path,
            withDestinationPath: "/dev/null"
        )
        #expect(try host.generate() == "")
        #expect(host.output == [])
    }

    @Test(arguments: [
        (template, true),
        ("[Service]\nExecStart=-@\"/opt/service-manager/launch\" x\n", true),
        ("[Service]\r\n  ExecStart =  \\\n# between\n   /usr/local/service-manager/launch %p %i 1.2.3.4:5\r\n", true),
        ("[Service]\nExecStart=/opt/service-manager/launch x\nExecStart=\nExecStart=/bin/true\n", false),
        ("[Service]\nExecStart=/opt/service-manager/launcher %p\n", false),
        ("[Service]\nExecStart=/bin/echo /opt/service-manager/launch\n", false),
        ("[Unit]\nExecStart=/opt/service-manager/launch\n[Service]\n", false),
        ("[Service]\n#ExecStart=/opt/service-manager/launch\n;ExecStart=/opt/service-manager/launch\n", false),
        ("[Service]\nExecStartPre=/opt/service-manager/launch\n", false),
        ("", false),
    ])
    func `knows the user's templates that run launch`(text: String, runs: Bool) throws {
        let host = try Host()
        try host.write(text, to: "etc/systemd/system/shop@.service")
        try host.write(template, to: "etc/systemd/system/plain.service")
        #expect(try host.generate() == "")
        #expect(host.output == (runs ? ["shop@.service.d/50-service-manager.conf"] : []))
    }

    @Test func `minds precedence and drop-ins`() throws {
        let host = try Host()
        try host.write(template, to: "usr/lib/systemd/system/hidden@.service")
        try host.write("[Service]\nExecStart=/bin/true\n", to: "etc/systemd/system/hidden@.service")
        try host.write("[Service]\nExecStart=/bin/true\n", to: "etc/systemd/system/changed@.service")
        try host.write(
            "[Service]\nExecStart=\nExecStart=/opt/service-manager/launch a b -\n",
            to: "run/systemd/system/changed@.service.d/b.conf"
        )
        try host.write("[Service]\nExecStart=/bin/false\n", to: "etc/systemd/system/changed@.service.d/a.conf")
        #expect(try host.generate() == "")
        #expect(host.output == ["changed@.service.d/50-service-manager.conf"])
    }

    @Test(arguments: ["shop.service", "@.service", "-shop@.service", "sh op@.service", "shop@manager.service"])
    func `reports files that aren't a service's, and goes on`(name: String) throws {
        let host = try Host()
        try host.write(template, to: "etc/service-managerd/generated/\(name)")
        try host.write(template, to: "etc/service-managerd/generated/zoo@.service")
        #expect(try host.generate().contains("generated/\(name) is left out: its name isn't SERVICE@.service"))
        #expect(host.read("late/zoo@.service") == template)
        #expect(host.output.count == 4)
    }

    @Test func `another generator's template is left alone, and ordered once the daemon has seen it`() throws {
        let host = try Host()
        let others = "[Service]\nExecStart=/opt/service-manager/launch %p %i 172.17.0.1:7001\nRestart=always\n"
        try host.write(template, to: "etc/service-managerd/generated/shop@.service")
        try host.write("", to: "etc/service-managerd/generated/ordered/web@.service")
        try host.write("", to: "etc/service-managerd/generated/ordered/not a name@.service")
        try host.write(others, to: "out/shop@.service")
        #expect(try host.generate() == "")
        #expect(host.read("out/shop@.service") == others)
        #expect(host.read("out/shop@.service.d/50-service-manager.conf") == dropIn)
        // web's comes only now: generators run side by side.
        #expect(host.read("out/web@.service.d/50-service-manager.conf") == dropIn)
        #expect(host.read("late/shop@.service") == template)
        #expect(host.output.count == 5)
    }

    @Test func `says what can't be written, and exits with 0`() throws {
        let host = try Host()
        try host.write(template, to: "etc/service-managerd/generated/shop@.service")
        let said = try host.generate(["out", "early", "nowhere"].map { host.root.appending(path: $0).path })
        #expect(said.contains("create \(host.root.path)/nowhere/shop@.service: No such file or directory"))
        #expect(try host.generate([]).contains("NORMAL EARLY LATE"))
    }

    @Test func `does nothing on a host without services`() throws {
        let host = try Host()
        #expect(try host.generate() == "")
        #expect(host.output == [])
    }
}
