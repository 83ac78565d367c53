import Glibc

// systemd.generator(7): systemd runs this at boot and at every daemon-reload, before it loads units, and gives the folders
// for generated units as arguments. Whatever happens, the host has to boot: the exit status is always 0.

let root = getenv("SERVICE_MANAGER_ROOT").map { String(cString: $0) } ?? ""
let problems = Problems(toKernelLog: root.isEmpty)
if CommandLine.arguments.count > 1 {
    Generator(root: root, output: CommandLine.arguments[1], problems: problems).run()
} else {
    problems.report("expected the folder for generated units as argument: service-manager-generator NORMAL EARLY LATE")
}
