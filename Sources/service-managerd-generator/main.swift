import Glibc

// systemd runs this at boot and at every daemon-reload, before it loads units, with the folders for generated units as
// arguments (systemd.generator(7)). The host must boot whatever happens, so the exit status is always 0.

let root = getenv("SERVICE_MANAGER_ROOT").map { String(cString: $0) } ?? ""
let problems = Problems(toKernelLog: root.isEmpty)
let arguments = CommandLine.arguments
if arguments.count == 4 {
    Generator(root: root, output: arguments[1], lateOutput: arguments[3], problems: problems).run()
} else {
    problems.report("expected the folders for generated units: service-managerd-generator NORMAL EARLY LATE")
}
