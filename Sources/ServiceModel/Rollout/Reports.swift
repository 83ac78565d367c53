/// How a container ended.
package struct ExitReport: Hashable, Sendable, Codable {
    /// The exit code: 0…255; 137 after SIGKILL.
    package var code: Int
    /// True when the kernel killed it for exceeding its memory limit.
    package var outOfMemory: Bool
    /// True when somebody else asked Docker to end it, such as a person with `docker stop`.
    package var isByHand: Bool
    /// True when the engine was being stopped, and ended it together with all others.
    package var isWithEngine: Bool

    package init(code: Int, outOfMemory: Bool = false, isByHand: Bool = false, isWithEngine: Bool = false) {
        self.code = code
        self.outOfMemory = outOfMemory
        self.isByHand = isByHand
        self.isWithEngine = isWithEngine
    }

    package init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        code = try container.decode(Int.self, forKey: .code)
        outOfMemory = try container.decode(Bool.self, forKey: .outOfMemory)
        // Not in the records of earlier versions.
        isByHand = try container.decodeIfPresent(Bool.self, forKey: .isByHand) ?? false
        isWithEngine = try container.decodeIfPresent(Bool.self, forKey: .isWithEngine) ?? false
    }
}

/// What the probes of an instance have concluded.
package enum ProbeVerdict: Hashable, Sendable {
    /// `rise` probes in a row succeeded.
    case passing
    /// `fall` probes in a row failed; the text is the last one's evidence.
    case failing(String)
}

/// Why something failed: a sentence for people, and whether trying again can help.
package struct Failure: Error, Hashable, Sendable, Codable, CustomStringConvertible {
    /// What was found, what was expected, what to do next.
    package var message: String
    /// True when the same thing may succeed later without anybody changing anything.
    package var isTransient: Bool
    /// True when whatever was to do it is away, as Docker is while it restarts: that says nothing of what was asked.
    package var isOutage: Bool

    package init(_ message: String, isTransient: Bool = false, isOutage: Bool = false) {
        self.message = message
        self.isTransient = isTransient || isOutage
        self.isOutage = isOutage
    }

    package var description: String { message }
}

/// The part of a rollout in which it failed.
package enum RolloutPhase: String, Hashable, Sendable, Codable {
    case definition, address, pull, create, start, healthy, minHealthy = "min_healthy", progress
}

/// What is remembered of a revision that failed, so that it isn't tried again and a person can see why.
package struct RevisionFailure: Equatable, Sendable, Codable {
    package var phase: RolloutPhase
    package var message: String
    /// The last probe's evidence, where there was one.
    package var lastProbe: String?
    /// How its container ended, where it did.
    package var exit: ExitReport?
    /// The last lines that its container wrote.
    package var lastLog: [String] = []
    /// True when it waited too long for an address: it is tried again once addresses of the host, or of others, change.
    package var isAddressWait: Bool?

    package init(phase: RolloutPhase, message: String, lastProbe: String? = nil, exit: ExitReport? = nil) {
        self.phase = phase
        self.message = message
        self.lastProbe = lastProbe
        self.exit = exit
    }
}
