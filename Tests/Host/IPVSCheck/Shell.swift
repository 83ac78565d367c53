import Glibc

/// Runs a command in a shell.
///
/// - Parameter command: The command; its standard error goes where ours goes.
/// - Returns: Its standard output and its exit status.
func shell(_ command: String) -> (output: String, status: Int32) {
    guard let stream = popen(command, "r") else { return ("", -1) }
    var output: [UInt8] = []
    var buffer = [UInt8](repeating: 0, count: 65536)
    while case let count = fread(&buffer, 1, buffer.count, stream), count > 0 {
        output += buffer[..<count]
    }
    let status = pclose(stream)
    return (String(decoding: output, as: UTF8.self), status >> 8)
}

/// What `ipvsadm` says of the table, in no particular order.
func rulesOfIpvsadm() -> [String] {
    shell("ipvsadm -Sn").output.split(separator: "\n").map { line in
        // It prints marks as signed numbers, and spaces at the end.
        var words = line.split(separator: " ").map(String.init)
        if let index = words.firstIndex(of: "-f"), let mark = Int32(words[index + 1]) {
            words[index + 1] = String(UInt32(bitPattern: mark))
        }
        return words.joined(separator: " ")
    }.sorted()
}

/// The median of some durations, in milliseconds.
func median(_ durations: [Duration]) -> Double {
    let sorted = durations.sorted()
    guard !sorted.isEmpty else { return 0 }
    return milliseconds(sorted[sorted.count / 2])
}

func milliseconds(_ duration: Duration) -> Double {
    Double(duration.components.seconds) * 1e3 + Double(duration.components.attoseconds) / 1e15
}

func text(_ milliseconds: Double) -> String {
    String((milliseconds * 100).rounded() / 100)
}

/// Writes a file.
func write(_ text: String, to path: String) {
    guard let file = fopen(path, "w") else { return }
    fputs(text, file)
    fclose(file)
}
