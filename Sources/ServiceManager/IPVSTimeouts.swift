package import IPVS
import ServiceModel

/// How long IPVS remembers idle connections, as `ipvs_timeouts` in the configuration says.
///
/// The timeouts apply to all virtual services of the host. A value that isn't named stays as the kernel has it.
package struct IPVSTimeouts: Equatable, Sendable {
    /// `tcp`: an established connection; 15 minutes at boot.
    package var tcp: Duration?
    /// `tcp_fin`: a connection that one side has closed; 2 minutes at boot.
    package var tcpFinish: Duration?
    /// `udp`: the client of a UDP service; 5 minutes at boot.
    package var udp: Duration?

    /// The kernel refuses more than INT_MAX / HZ seconds, and HZ is 1000 at most.
    private static let longest = Duration.seconds(2_147_483)

    package init(tcp: Duration? = nil, tcpFinish: Duration? = nil, udp: Duration? = nil) {
        self.tcp = tcp
        self.tcpFinish = tcpFinish
        self.udp = udp
    }

    /// Reads the configuration's member.
    ///
    /// - Parameters:
    ///   - file: Durations such as `"2h"` by name.
    ///   - path: The configuration file, for messages.
    /// - Throws: `ConfigurationError` for an invalid value.
    package init(_ file: [String: String], _ path: String) throws(ConfigurationError) {
        self.init()
        for (name, text) in file.sorted(by: { $0.key < $1.key }) {
            let key = "\(path): ipvs_timeouts.\(name)"
            guard let duration = Duration(definitionText: text), duration >= .seconds(1), duration <= Self.longest
            else {
                throw ConfigurationError(
                    message: "\(key): expected a duration from \"1s\" to \"24d\", found \"\(text)\""
                )
            }
            guard duration.components.attoseconds == 0 else {
                throw ConfigurationError(message: "\(key): expected whole seconds, found \"\(text)\"")
            }
            switch name {
            case "tcp": tcp = duration
            case "tcp_fin": tcpFinish = duration
            case "udp": udp = duration
            default:
                throw ConfigurationError(
                    message: "\(path): ipvs_timeouts: expected \"tcp\", \"tcp_fin\" or \"udp\", found \"\(name)\""
                )
            }
        }
    }

    /// What to set in the kernel, which has `current`; nil when nothing differs.
    package func change(from current: Timeouts) -> Timeouts? {
        let wanted = Timeouts(
            tcp: tcp ?? current.tcp,
            tcpFinish: tcpFinish ?? current.tcpFinish,
            udp: udp ?? current.udp
        )
        return wanted == current ? nil : wanted
    }
}

extension Timeouts {
    /// For people, such as "tcp 15m, tcp_fin 2m, udp 5m".
    package var text: String { "tcp \(tcp.shortText), tcp_fin \(tcpFinish.shortText), udp \(udp.shortText)" }
}
