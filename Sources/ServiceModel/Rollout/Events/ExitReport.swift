/// How a container ended.
package struct ExitReport: Hashable, Sendable, Codable {
    /// The exit code: 0…255; 137 after SIGKILL.
    package var code: Int
    /// True when the kernel killed it for exceeding its memory limit.
    package var outOfMemory: Bool
    /// True when somebody else asked Docker to end it, such as a person with `docker stop`.
    package var isByHand: Bool
    /// True when the engine was being stopped, and ended it together with all other containers.
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
        // Missing in the records of earlier versions.
        isByHand = try container.decodeIfPresent(Bool.self, forKey: .isByHand) ?? false
        isWithEngine = try container.decodeIfPresent(Bool.self, forKey: .isWithEngine) ?? false
    }
}
