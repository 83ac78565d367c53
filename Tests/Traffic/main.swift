// traffic: constant HTTP load that counts every failed request, for the tests in which none may fail.

import Glibc

// Written by the signal handler only, and only ever from false to true.
nonisolated(unsafe) private var isStopRequested = false

private let arguments = Array(CommandLine.arguments.dropFirst())
if arguments.contains("--help") {
    put(Options.usage, to: STDOUT_FILENO)
    exit(0)
}

if arguments.first == "echo" {
    guard arguments.count == 3, let port = UInt16(arguments[1]) else { end(2, Options.usage) }
    end(1, Echo.run(port: port, name: arguments[2]))
}

private let options: Options
do throws(Options.Mistake) {
    options = try Options(arguments)
} catch {
    end(2, "\(error)\n\n\(Options.usage)")
}

if let namespace = options.namespace {
    end(2, reenter(namespace: namespace, arguments: arguments))
}

if options.isOnce {
    switch Once(options: options).run() {
    case .answered(let status, let body):
        put("\(status)", to: STDOUT_FILENO)
        put(body, to: STDOUT_FILENO)
        exit(status == 200 ? 0 : 1)
    case .failed(let reason):
        end(1, reason)
    }
}

for number in [SIGTERM, SIGINT] {
    signal(number) { _ in isStopRequested = true }
}
if options.sendsDatagrams {
    var datagrams = Datagrams(options)
    if let reason = datagrams.run(isStopped: { isStopRequested }) { end(2, reason) }
    if let path = options.json {
        let file = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o644)
        guard file >= 0, put(datagrams.json, to: file) else { end(2, "\(path): \(message(of: errno))") }
    }
    put(datagrams.json, to: STDOUT_FILENO)
    exit(datagrams.unanswered == 0 ? 0 : 1)
}
private var generator = Generator(options)
generator.run { isStopRequested }

private let report = Report(
    tally: generator.tally,
    target: options.target.description,
    seconds: generator.tally.seconds(at: now())
)
if let path = options.json {
    let file = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o644)
    guard file >= 0, put(report.json, to: file) else { end(2, "\(path): \(message(of: errno))") }
} else {
    put(report.json, to: STDOUT_FILENO)
}
put(report.text, to: STDOUT_FILENO)
exit(generator.tally.failed == 0 && generator.tally.succeeded > 0 ? 0 : 1)
