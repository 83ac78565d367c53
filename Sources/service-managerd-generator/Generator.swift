/// Copies the units of services whose definition has an address, and orders all units that run `launch` after the daemon.
struct Generator {
    /// The folders of the units of the administrator and of packages, by precedence (systemd.unit(5)).
    private static let unitFolders = [
        "/etc/systemd/system", "/run/systemd/system", "/usr/local/lib/systemd/system", "/usr/lib/systemd/system",
        "/lib/systemd/system",
    ]

    private static let templateEnd = "@.service"

    /// A folder in that of the generated units, with a file for each template that runs `launch`, as the daemon has seen.
    private static let ordered = "ordered"

    private let folders: [String]
    private let generated: String
    private let output: String
    private let lateOutput: String
    private let problems: Problems

    /// Makes a generator.
    ///
    /// - Parameters:
    ///   - root: The prefix of every path that is read; empty except in tests.
    ///   - output: The folder for generated units of normal precedence, below the administrator's.
    ///   - lateOutput: The folder for generated units of the lowest precedence.
    ///   - problems: Reports what goes wrong.
    init(root: String, output: String, lateOutput: String, problems: Problems) {
        folders = Self.unitFolders.map { root + $0 }
        generated = root + "/etc/service-managerd/generated"
        self.output = output
        self.lateOutput = lateOutput
        self.problems = problems
    }

    /// Writes everything that it can, and reports the rest.
    func run() {
        for name in names(in: generated) where name != Self.ordered {
            attempt { () throws(FileError) in try copy(name) }
        }
        // Templates of another generator, which runs at the same time, can't be seen here. The daemon records them.
        let remembered = Set(names(in: "\(generated)/\(Self.ordered)").filter(Self.isTemplate))
        for name in templates.union(remembered) {
            attempt { () throws(FileError) in
                let runs = remembered.contains(name) ? true : try runsLaunch(name)
                if runs { try writeDropIn(name) }
            }
        }
    }

    private func copy(_ name: String) throws(FileError) {
        guard Self.isTemplate(name) else {
            return problems.report("\(generated)/\(name) is left out: its name isn't SERVICE@.service")
        }
        if folders.contains(where: { Files.exists("\($0)/\(name)") }) { return }
        guard let text = try Files.text(of: "\(generated)/\(name)") else {
            return problems.report("\(generated)/\(name) is left out: it isn't a file of less than 1 MiB")
        }
        // A template of another generator with the same name wins, such as that of the predecessor's.
        try Files.write(text, to: "\(lateOutput)/\(name)")
        let manager = "\(name.dropLast(Self.templateEnd.count))@manager.service"
        for unit in ["service-manager.target", "docker.service"] {
            try Files.makeFolder("\(output)/\(unit).wants")
            try Files.link("\(output)/\(unit).wants/\(manager)", to: "\(lateOutput)/\(name)")
        }
    }

    /// The names of all templates, including those that were just copied.
    private var templates: Set<String> {
        var templates: Set<String> = []
        for folder in folders + [output, lateOutput] {
            templates.formUnion(names(in: folder).filter { $0.hasSuffix(Self.templateEnd) && $0 != Self.templateEnd })
        }
        return templates
    }

    /// Whether the template, with its drop-ins, runs our `launch`.
    private func runsLaunch(_ name: String) throws(FileError) -> Bool {
        guard let folder = (folders + [output, lateOutput]).first(where: { Files.exists("\($0)/\(name)") }) else {
            return false
        }
        var texts = [try Files.text(of: "\(folder)/\(name)")]
        // systemd reads drop-ins in the order of their names, whichever folder they are in.
        var dropIns: [String: String] = [:]
        for folder in folders.reversed() {
            for dropIn in names(in: "\(folder)/\(name).d") where dropIn.hasSuffix(".conf") {
                dropIns[dropIn] = "\(folder)/\(name).d/\(dropIn)"
            }
        }
        for (_, path) in dropIns.sorted(by: { $0.key < $1.key }) { texts.append(try Files.text(of: path)) }
        var programs: [String] = []
        for program in texts.compactMap(\.self).flatMap({ UnitText($0).programs }) {
            if let program { programs.append(program) } else { programs = [] }
        }
        return programs.contains { $0.hasSuffix("/service-manager/launch") }
    }

    /// Writes a drop-in.
    ///
    /// Without its order, a shutdown stops the daemon first. The default rate limit would drop lines of busy containers.
    ///
    /// (`LogRateLimitIntervalSec=0`, which should lift the limit, has no effect in systemd 252.)
    private func writeDropIn(_ name: String) throws(FileError) {
        let text = """
            # Made by service-managerd-generator.
            [Unit]
            Wants=service-managerd.service
            After=service-managerd.service

            [Service]
            LogRateLimitIntervalSec=1s
            LogRateLimitBurst=1000000

            """
        try Files.makeFolder("\(output)/\(name).d")
        try Files.write(text, to: "\(output)/\(name).d/50-service-manager.conf")
    }

    private func names(in folder: String) -> [String] {
        do {
            return try Files.names(in: folder)
        } catch {
            problems.report("\(error)")
            return []
        }
    }

    private func attempt(_ body: () throws(FileError) -> Void) {
        do {
            try body()
        } catch {
            problems.report("\(error)")
        }
    }

    /// Whether a name is a service's id followed by `@.service`.
    ///
    /// Such a name needs no escaping, and can't lead out of the folder.
    private static func isTemplate(_ name: String) -> Bool {
        guard name.hasSuffix(templateEnd) else { return false }
        let service = name.utf8.dropLast(templateEnd.utf8.count)
        let isAllowed = service.allSatisfy { byte in
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: ":"), UInt8(ascii: "_"), UInt8(ascii: "."),
                UInt8(ascii: "-"):
                true
            default:
                false
            }
        }
        return isAllowed && !service.isEmpty && service.first != UInt8(ascii: "-")
    }
}
