import ServiceModel
import TestSupport
import Testing

@Suite struct MutationTests {
    /// A document with every field.
    static let whole = """
        {"_id": "web", "_rev": "3-917fa2381192822767f010b95b45325b", "comment": "\\ud83d\\ude00", "image": "r.example.org:5000/web:1.7",
         "port": 80, "address": ["172.18.0.1:7001", "udp://[fd00::1]:53"], "health_check": {"kind": "http", "path": "/up", "port": 81,
         "host": "a", "status": ["2xx", 301, "400-404"], "headers": {"A": "b"}, "json": {"status": "up", "a": {"b": 1.5}}, "interval": 5, "startup_interval": "250ms",
         "timeout": 2.5, "rise": 1, "fall": 3, "restart_after": 10}, "environment": {"A": "b", "N": null, "C": 1e3, "D": {"file": "/k"}},
         "volumes": ["/a:/b:ro,z", "/scratch", {"type": "volume", "source": "nn", "target": "/c", "read_only": false}], "command": ["a", "-b"],
         "entrypoint": "exec a", "user": "1000:1000", "network": "n", "labels": {"a": true}, "hostname": "h", "memory": "1.5g",
         "cpus": 0.5, "pids": 100, "ulimits": {"nofile": {"soft": 1, "hard": 2}, "core": -1}, "stop_signal": "SIGQUIT",
         "stop_timeout": "1m30s", "drain_timeout": 30, "min_healthy": "10s", "pull_deadline": "10m", "pull_progress_deadline": "2m",
         "start_deadline": 60, "healthy_deadline": "5m", "progress_deadline": 600, "order": "start-first", "parallelism": 2,
         "replicas": 2, "canary": {"percent": 5, "hold": "1m"}, "scheduler": "mh", "scheduler_flags": ["port"], "persistence": 60,
         "weight": 10, "pull": "missing", "roll": "spec", "wants": ["a@manager"], "after": "b.service", "hosts": ["web*"],
         "enabled": true}
        """

    @Test func `the whole document fits, and has every field`() {
        let report = ServiceDefinition.decode(Self.whole.utf8)
        #expect(report.definition != nil && report.errors == [] && report.warnings == [])
        for key in DefinitionKey.allCases { #expect(Self.whole.contains("\"\(key.rawValue)\":")) }
    }

    /// Bytes that matter to a reader of JSON, and pieces that matter to the fields.
    private static let pieces: [[UInt8]] =
        [
            "{", "}", "[", "]", ",", ":", "\"", "\\", "\\u", "\\ud800", "null", "-", "1e999", "9223372036854775808",
            "0", "\n", "\u{0}",
            "xx", "%", "ms", "..", "/", "@", "=", "-1", "\"\"", "{}", "[]", "e", "😀", "'", "//", "[[[[[[[[",
        ].map { Array($0.utf8) } + [[0xff], [0xc3], [0xed, 0xa0], [0x80]]

    private static func mutated(_ bytes: [UInt8], using generator: inout SeededGenerator) -> [UInt8] {
        var bytes = bytes
        for _ in 0..<Int.random(in: 1...4, using: &generator) {
            let place = Int.random(in: 0..<max(1, bytes.count), using: &generator)
            let end = min(bytes.count, place + Int.random(in: 0...20, using: &generator))
            let piece = pieces[Int.random(in: 0..<pieces.count, using: &generator)]
            switch Int.random(in: 0..<6, using: &generator) {
            case 0: bytes.replaceSubrange(place..<end, with: [])
            case 1: bytes.insert(contentsOf: piece, at: place)
            case 2: bytes.replaceSubrange(place..<min(end, place + 1), with: piece)
            case 3:
                bytes.insert(
                    contentsOf: Array(bytes[place..<end]),
                    at: Int.random(in: 0...bytes.count, using: &generator)
                )
            case 4: if place < bytes.count { bytes[place] ^= 1 << UInt8.random(in: 0..<8, using: &generator) }
            default: if generator.once(in: 8) { bytes = Array(bytes[..<place]) }
            }
        }
        return bytes
    }

    @Test(arguments: 0..<20)
    func `random mutations never trap, and end in a definition or in errors`(seed: Int) {
        var generator = SeededGenerator(seed: UInt64(seed))
        for round in 0..<100 {
            let report = ServiceDefinition.decode(Self.mutated(Array(Self.whole.utf8), using: &generator))
            #expect((report.definition == nil) == !report.errors.isEmpty, "seed \(seed), round \(round)")
            for error in report.errors { #expect(!error.description.isEmpty && error.description.utf8.count < 1000) }
        }
    }
}
