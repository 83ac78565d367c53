extension DefinitionDecoder {
    /// Decodes how a revision replaces another.
    mutating func decodeRollout(_ object: DocumentObject, into definition: inout ServiceDefinition) {
        let day = Duration.seconds(86400)
        read(.stopTimeout, in: object, into: &definition.stopTimeout) { $0.duration($1, in: .zero...day) }
        read(.drainTimeout, in: object, into: &definition.drainTimeout) { $0.duration($1, in: .zero...day) }
        read(.minHealthy, in: object, into: &definition.minHealthy) { $0.duration($1, in: .zero...day) }
        read(.pullDeadline, in: object, into: &definition.pullDeadline) { $0.duration($1, in: .seconds(1)...day) }
        read(.pullProgressDeadline, in: object, into: &definition.pullProgressDeadline) {
            $0.duration($1, in: .seconds(1)...day)
        }
        read(.startDeadline, in: object, into: &definition.startDeadline) { $0.duration($1, in: .seconds(1)...day) }
        read(.healthyDeadline, in: object, into: &definition.healthyDeadline) { $0.duration($1, in: .seconds(1)...day) }
        read(.progressDeadline, in: object, into: &definition.progressDeadline) {
            $0.duration($1, in: .seconds(1)...day * 7)
        }
        read(.order, in: object, into: &definition.order) { $0.choice($1) }
        read(.parallelism, in: object, into: &definition.parallelism) { $0.integer($1, in: 1...128) }
        read(.replicas, in: object, into: &definition.replicas) { $0.integer($1, in: 1...128) }
        read(.canary, in: object, into: &definition.canary) { $0.canary($1) }
        read(.pull, in: object, into: &definition.pull) { $0.choice($1) }
        read(.roll, in: object, into: &definition.roll) { $0.choice($1) }
    }

    /// A share in percent, or an object with the time that it is held.
    private mutating func canary(_ field: DocumentField) -> Canary? {
        guard let object = field.object else { return percent(field).map { Canary(percent: $0) } }
        warnOfUnknownKeys(in: object, known: ["percent", "hold"])
        guard let share = object["percent"] else {
            report(object.path(of: "percent"), expected: "a number from 1 to 99", found: "nothing", at: object.position)
            return nil
        }
        var canary = percent(share).map { Canary(percent: $0) }
        if let field = object["hold"] {
            guard let hold = duration(field, in: .zero ... .seconds(7 * 86400)) else { return nil }
            canary?.hold = hold
        }
        return canary
    }

    private mutating func percent(_ field: DocumentField) -> Int? {
        if let text = field.text, text.hasSuffix("%"), let value = Int(text.dropLast()), (1...99).contains(value) {
            return value
        }
        return integer(field, in: 1...99, unit: "a share in percent")
    }
}
