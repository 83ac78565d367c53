import Addresses
import HostNetwork
import Testing

/// Our rules on a host with ufw, and what is known of ufw's.
@Suite struct UFWTests {
    /// What ufw 0.36 adds to the filter table, shortened; each command `ufw allow` adds rules in `user-input`.
    private func ruleset(_ rules: [String] = [], policy: String = "DROP", input: String = "") -> String {
        NetfilterPlanTests.complete.replacing(
            ":INPUT ACCEPT [0:0]\n:FORWARD DROP [0:0]\n",
            with: """
                :INPUT DROP [0:0]
                :FORWARD DROP [0:0]
                :ufw-before-input - [0:0]
                :ufw-skip-to-policy-input - [0:0]
                :ufw-user-input - [0:0]
                \(input)-A INPUT -j ufw-before-logging-input
                -A INPUT -j ufw-before-input
                -A ufw-before-input -j ufw-user-input
                -A ufw-skip-to-policy-input -j \(policy)
                \(rules.map { "-A ufw-user-input \($0)\n" }.joined())
                """
        ).replacing(
            "-A FORWARD -j DOCKER-USER\n",
            with: """
                -A FORWARD -j DOCKER-USER
                -A FORWARD -o docker0 -j DOCKER
                -A FORWARD -o br-other -j DOCKER

                """
        )
    }

    private func update(_ current: String, _ plan: HostNetworkPlan) -> String? {
        NetfilterPlan(.ipv4, plan).update(NetfilterRuleset(current))?.script
    }

    @Test func `requests from Docker's networks are let in before ufw looks, but not before an operator's own rules`()
        throws
    {
        let written = try #require(
            update(ruleset(input: "-A INPUT -s 172.17.0.9/32 -j DROP\n"), try NetfilterPlanTests.plan())
        )
        #expect(!written.contains("*nat"))
        #expect(
            written.contains(
                """
                -A SERVICE-MANAGER-REQUESTS -d 172.18.0.1 -p tcp -m tcp --dport 7001 -j ACCEPT
                -A SERVICE-MANAGER-REQUESTS -d 172.18.0.1 -p udp -m udp --dport 7001 -j ACCEPT
                -A SERVICE-MANAGER-INPUT -i br-other -j SERVICE-MANAGER-REQUESTS
                -A SERVICE-MANAGER-INPUT -i docker0 -j SERVICE-MANAGER-REQUESTS
                -I INPUT 2 -j SERVICE-MANAGER-INPUT
                COMMIT
                """
            )
        )
    }

    private static let ours = """
        :SERVICE-MANAGER-INPUT - [0:0]
        :SERVICE-MANAGER-REQUESTS - [0:0]
        -A SERVICE-MANAGER-INPUT -i br-other -j SERVICE-MANAGER-REQUESTS
        -A SERVICE-MANAGER-INPUT -i docker0 -j SERVICE-MANAGER-REQUESTS
        -A SERVICE-MANAGER-REQUESTS -d 172.18.0.1/32 -p tcp -m tcp --dport 7001 -j ACCEPT
        -A SERVICE-MANAGER-REQUESTS -d 172.18.0.1/32 -p udp -m udp --dport 7001 -j ACCEPT

        """
    private static let jump = "-A INPUT -j SERVICE-MANAGER-INPUT\n"

    @Test func `nothing is written when that is in place`() throws {
        #expect(update(ruleset(input: Self.ours + Self.jump), try NetfilterPlanTests.plan()) == nil)
    }

    @Test func `it goes when ufw is off, or with the last service`() throws {
        let off = ruleset(input: Self.ours + Self.jump).replacing(":ufw-user-input - [0:0]\n", with: "")
            .replacing("-A ufw-before-input -j ufw-user-input\n", with: "")
        #expect(
            update(off, try NetfilterPlanTests.plan()) == """
                *filter
                -D INPUT -j SERVICE-MANAGER-INPUT
                -F SERVICE-MANAGER-INPUT
                -F SERVICE-MANAGER-REQUESTS
                -X SERVICE-MANAGER-INPUT
                -X SERVICE-MANAGER-REQUESTS
                COMMIT

                """
        )
        let removal = try #require(update(ruleset(input: Self.ours + Self.jump), HostNetworkPlan()))
        #expect(removal.contains("-X SERVICE-MANAGER-REQUESTS"))
        #expect(removal.contains("-X SERVICE-MANAGER\n"))
    }

    @Test func `a host without ufw has no rule for what comes in`() throws {
        #expect(!NetfilterRuleset(NetfilterPlanTests.complete).hasUFW)
        #expect(update(NetfilterPlanTests.docker, try NetfilterPlanTests.plan())?.contains("INPUT") == false)
    }

    @Test(
        arguments: [
            ("-d 172.18.0.1/32 -p tcp -m tcp --dport 7001 -j ACCEPT", true),
            ("-p tcp -m tcp --dport 7001 -j ACCEPT", true),
            ("-p tcp -m multiport --dports 80,7000:7002 -j ACCEPT", true),
            ("-s 192.0.2.0/24 -d 172.18.0.0/16 -j ACCEPT", true),
            ("-p tcp -m tcp --dport 7001 -j ufw-user-limit-accept", true),
            ("-d 172.18.0.2/32 -p tcp -m tcp --dport 7001 -j ACCEPT", false),
            ("-d 172.18.0.1/32 -p tcp -m tcp --dport 7002 -j ACCEPT", false),
            ("-p udp -m udp --dport 7001 -j ACCEPT", false),
            ("-p tcp -m tcp --dport 7001 -j DROP", false),
        ]
    )
    func `a rule of ufw's admits a service address or doesn't`(rule: String, isAdmitted: Bool) throws {
        let address = try ServiceAddress("172.18.0.1:7001")
        #expect(NetfilterRuleset(ruleset([rule])).hasUFW)
        #expect(NetfilterRuleset(ruleset([rule])).isAdmittedByUFW(address) == isAdmitted)
        #expect(NetfilterRuleset(ruleset(policy: "ACCEPT")).isAdmittedByUFW(address))
    }
}
