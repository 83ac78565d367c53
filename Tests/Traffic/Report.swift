/// The tally as text, for programs and for people.
struct Report {
    let tally: Tally
    let target: String
    let seconds: Double

    /// One line of JSON.
    var json: String {
        let latency = [("p50", 0.5), ("p99", 0.99), ("p999", 0.999)].map { name, share in
            "\(quoted(name)):\(milliseconds(tally.latencies.value(at: share)))"
        }
        let fields = [
            "\"schema\":\"traffic/1\"", "\"target\":\(quoted(target))", "\"started\":\(rounded(tally.startedAt))",
            "\"seconds\":\(rounded(seconds))", "\"total\":\(tally.total)", "\"ok\":\(tally.succeeded)",
            "\"failed\":\(tally.failed)", "\"retired\":\(tally.retired)", "\"idle_closed\":\(tally.idleClosed)",
            "\"idle_reset\":\(tally.idleReset)",
            "\"latency_ms\":{\(latency.joined(separator: ",")),\"max\":\(milliseconds(tally.latencies.maximum))}",
            "\"failures\":[\(items(tally.failures, key: "kind", withPorts: true))]",
            "\"bodies\":[\(items(tally.bodies, key: "first_line", withPorts: false))]",
        ]
        return "{\(fields.joined(separator: ","))}"
    }

    /// A line for people, and one more for each kind of failure and each body.
    var text: String {
        let latency = tally.latencies
        var lines = [
            "\(tally.total) requests in \(rounded(seconds)) s: \(tally.succeeded) ok, \(tally.failed) failed, "
                + "\(tally.retired) retired, p50 \(milliseconds(latency.value(at: 0.5))) ms, "
                + "p99 \(milliseconds(latency.value(at: 0.99))) ms, max \(milliseconds(latency.maximum)) ms"
        ]
        for (kind, seen) in sorted(tally.failures) {
            let ports = seen.ports.map(String.init).joined(separator: " ")
            lines.append("  failed \(seen.count) × \(kind), \(span(seen)), local ports \(ports)")
        }
        for (body, seen) in sorted(tally.bodies) {
            lines.append("  ok \(seen.count) × \(quoted(body)), \(span(seen))")
        }
        return lines.joined(separator: "\n")
    }

    private func sorted(_ table: [String: Tally.Occurrence]) -> [(String, Tally.Occurrence)] {
        table.sorted { ($0.value.first, $0.key) < ($1.value.first, $1.key) }.map { ($0.key, $0.value) }
    }

    private func span(_ seen: Tally.Occurrence) -> String {
        "\(rounded(seen.first))–\(rounded(seen.last)) s"
    }

    private func items(_ table: [String: Tally.Occurrence], key: String, withPorts: Bool) -> String {
        sorted(table).map { text, seen in
            let ports = withPorts ? ",\"ports\":[\(seen.ports.map(String.init).joined(separator: ","))]" : ""
            return "{\"\(key)\":\(quoted(text)),\"count\":\(seen.count),\"first\":\(rounded(seen.first)),"
                + "\"last\":\(rounded(seen.last))\(ports)}"
        }.joined(separator: ",")
    }
}

/// With three digits after the point; in decimal notation whatever the size.
private func rounded(_ value: Double) -> String {
    thousandths(UInt64(max(0, value * 1000).rounded()))
}

private func milliseconds(_ microseconds: UInt64) -> String {
    thousandths(microseconds)
}

private func thousandths(_ value: UInt64) -> String {
    let rest = String(value % 1000)
    return "\(value / 1000)." + String(repeating: "0", count: 3 - rest.count) + rest
}

/// A JSON string (RFC 8259).
private func quoted(_ text: String) -> String {
    var result = "\""
    for scalar in text.unicodeScalars {
        switch scalar {
        case "\"", "\\": result += "\\\(scalar)"
        case _ where scalar.value < 0x20:
            let digits = String(scalar.value, radix: 16)
            result += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
        default: result.unicodeScalars.append(scalar)
        }
    }
    return result + "\""
}
