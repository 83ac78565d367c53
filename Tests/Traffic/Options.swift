/// What the command line asks for.
struct Options {
    static let usage = """
        usage: traffic --target ADDRESS:PORT [options]     constant load until SIGTERM, SIGINT or --duration
               traffic --once ADDRESS:PORT[/PATH] [options] one request; prints the status and the body
               traffic --datagrams ADDRESS:PORT [options]  numbered UDP datagrams from one port; prints what was answered
               traffic echo PORT NAME                      a UDP server that answers with its name and what it was sent

          --rate N            requests per second (100)
          --keepalive N       keep-alive connections (10; 0: none)
          --short N           connections of one request each, at most N at a time (256; 0: none)
                              With both kinds, the requests alternate between them.
          --path PATH         what to ask for (/)
          --duration S        seconds of load; without it, until a signal
          --timeout S         a request that isn't answered in full by then has failed (10)
          --source-ports A-B  use these local ports in turn, instead of the kernel's choice
          --netns WHERE       from another network namespace: a process id, a name of `ip netns`, or a path
          --json FILE         the report as JSON there, instead of on standard output
          --wait S            with --once: try again for so long until the answer is 200

        A request has failed when its full 200 isn't there in time. The one exception: a clean close before the first
        byte of the response, on a connection that has served before, counts as retired, and the request is sent anew.
        Exit status: 0 all requests succeeded, 1 some failed or none was made, 2 wrong usage.
        """

    struct Mistake: Error, CustomStringConvertible {
        let description: String
    }

    var target: Address
    var path = "/"
    var isOnce = false
    var sendsDatagrams = false
    var rate = 100.0
    var keepAlive = 10
    var short = 256
    var duration: Double?
    var timeout = 10.0
    var wait = 0.0
    var sourcePorts: ClosedRange<UInt16>?
    var namespace: String?
    var json: String?

    init(_ arguments: [String]) throws(Mistake) {
        var rest = arguments[...]
        var target: Address?
        while let option = rest.popFirst() {
            guard Self.known.contains(option) else { throw Mistake(description: "unknown option \(option)") }
            guard let value = rest.popFirst() else { throw Mistake(description: "\(option) needs a value") }
            switch option {
            case "--target", "--once", "--datagrams":
                isOnce = option == "--once"
                sendsDatagrams = option == "--datagrams"
                let slash = value.firstIndex(of: "/") ?? value.endIndex
                if slash < value.endIndex { path = String(value[slash...]) }
                target = Address(String(value[..<slash]))
                if target == nil {
                    throw Mistake(description: "\(option): expected ADDRESS:PORT, found \"\(value)\"")
                }
            case "--path": path = value
            case "--rate": rate = try Self.number(value, of: option, in: 0.01...100_000)
            case "--keepalive": keepAlive = Int(try Self.number(value, of: option, in: 0...10_000))
            case "--short": short = Int(try Self.number(value, of: option, in: 0...10_000))
            case "--duration": duration = try Self.number(value, of: option, in: 0...1_000_000)
            case "--timeout": timeout = try Self.number(value, of: option, in: 0.001...1_000_000)
            case "--wait": wait = try Self.number(value, of: option, in: 0...1_000_000)
            case "--source-ports": sourcePorts = try Self.ports(value)
            case "--netns": namespace = value
            default: json = value
            }
        }
        guard let target else { throw Mistake(description: "--target or --once is missing") }
        guard path.hasPrefix("/") else { throw Mistake(description: "--path: expected /…, found \"\(path)\"") }
        guard keepAlive + short > 0 else { throw Mistake(description: "--keepalive and --short are both 0") }
        self.target = target
    }

    private static let known: Set<String> = [
        "--target", "--once", "--datagrams", "--path", "--rate", "--keepalive", "--short", "--duration", "--timeout",
        "--wait",
        "--source-ports", "--netns", "--json",
    ]

    private static func number(
        _ text: String,
        of option: String,
        in range: ClosedRange<Double>
    ) throws(Mistake) -> Double {
        guard let number = Double(text), range.contains(number) else {
            let limits = "\(range.lowerBound) to \(range.upperBound)"
            throw Mistake(description: "\(option): expected a number from \(limits), found \"\(text)\"")
        }
        return number
    }

    private static func ports(_ text: String) throws(Mistake) -> ClosedRange<UInt16> {
        let ends = text.split(separator: "-").compactMap { UInt16($0) }
        guard ends.count == 2, ends[0] > 0, ends[0] <= ends[1] else {
            throw Mistake(description: "--source-ports: expected FIRST-LAST, found \"\(text)\"")
        }
        return ends[0]...ends[1]
    }
}
