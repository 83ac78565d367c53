import CLaunch

/// The arguments in the unit's ExecStart.
struct Arguments {
    let service: Bytes
    let instance: Bytes
    let address: Bytes

    /// Reads the command line; nil after writing to the standard error what is wrong with it.
    init?() {
        let count = launch_argument_count()
        var found: [Bytes] = []
        for index in 1..<max(count, 1) { found.append(Bytes(cString: launch_argument(index))) }
        guard found.count == 3 else {
            var problem = Bytes("expected 3 arguments, found ")
            problem.append(decimal: Int64(found.count))
            Self.refuse(problem, found: found)
            return nil
        }
        let names: [StaticString] = ["SERVICE", "INSTANCE", "ADDRESS"]
        for (name, value) in zip(names, found) where value.isEmpty || value.hasBlankOrControl {
            var problem = Bytes(name)
            problem += value.isEmpty ? " is empty" : " has a blank or a control character"
            Self.refuse(problem, found: found)
            return nil
        }
        service = found[0]
        instance = found[1]
        address = found[2]
    }

    /// The line that introduces this process to the daemon.
    func hello(couchDB: Bytes?) -> Bytes {
        var line = Bytes("hello 1 ") + service
        line += " "
        line += instance
        line += " "
        line += address
        line += " "
        line += Self.field(url: couchDB ?? [])
        line += " "
        line.append(decimal: Int64(launch_process_id()))
        return line
    }

    /// A URL as one field: blanks and control characters inside it are percent-encoded, those around it dropped.
    private static func field(url: Bytes) -> Bytes {
        let digits = Bytes("0123456789ABCDEF")
        var text = url[...]
        while let first = text.first, first <= UInt8(ascii: " ") { text.removeFirst() }
        while let last = text.last, last <= UInt8(ascii: " ") { text.removeLast() }
        guard !text.isEmpty else { return Bytes("-") }
        var field: Bytes = []
        for byte in text {
            if byte > UInt8(ascii: " "), byte != 0x7f {
                field.append(byte)
            } else {
                field += "%"
                field.append(digits[Int(byte >> 4)])
                field.append(digits[Int(byte & 15)])
            }
        }
        return field
    }

    private static func refuse(_ problem: Bytes, found: [Bytes]) {
        var text = Bytes("launch: ") + problem
        for argument in found {
            text += " '"
            text += argument
            text += "'"
        }
        text += """

            usage: launch SERVICE INSTANCE ADDRESS
              a unit runs it: ExecStart=/opt/service-manager/launch %p %i 172.18.0.1:7001
              INSTANCE is 'manager' or a revision; ADDRESS is '-' for the address in the service's document

            """
        _ = text.withUnsafeBytes { buffer in launch_write(Output.standardError, buffer.baseAddress, buffer.count) }
    }
}
