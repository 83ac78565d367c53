import HostNetwork
import Testing

@Suite(
    .serialized,
    .enabled(if: Namespace.isOffered, "needs root, unshare, iproute2, and network-check built beside the tests")
)
struct KernelTests {
    static let offeredVariants = ["nft", "legacy"].filter { Namespace.offers(iptables: $0) }

    @Test func `this machine has at least one variant of iptables`() throws {
        #expect(!Self.offeredVariants.isEmpty)
    }

    /// Rules as Docker leaves them in one variant, which plain `iptables` need not be.
    private func docker(_ variant: String) -> String {
        """
        t=iptables-\(variant)
        $t -N DOCKER-USER; $t -A FORWARD -j DOCKER-USER; $t -A DOCKER-USER -j RETURN
        $t -t nat -N DOCKER; $t -t nat -A POSTROUTING -s 172.17.0.0/16 ! -o docker0 -j MASQUERADE
        $t-save | grep -v '^#' | sed 's/\\[.*//' > $HOME/before
        plan="--address 172.17.0.1:7001 --address udp://172.17.0.1:53 --address sctp://172.17.0.1:9 --bridge docker0=172.17.0.0/16"

        """
    }

    @Test(arguments: offeredVariants)
    func `rules go into the variant that Docker uses, stay as they are, and go without a trace`(variant: String) throws
    {
        let other = variant == "nft" ? "legacy" : "nft"
        let result = try Namespace.run(
            "export HOME=$(mktemp -d)\n" + docker(variant) + """
                $PROGRAM apply $plan > $HOME/report || true
                grep -x 'IPv4 rules written: nat, filter' $HOME/report
                ! grep again: $HOME/report
                ! grep '^! IPv4 rules' $HOME/report
                $t -t nat -S POSTROUTING | sed -n 2p
                $t -S DOCKER-USER | sed -n 2p
                echo own: $($t-save | grep -c '^-A SERVICE-MANAGER')
                echo other: $(iptables-\(other)-save 2>/dev/null | grep -c SERVICE-MANAGER)
                $PROGRAM remove
                $t-save | grep -v '^#' | sed 's/\\[.*//' > $HOME/after
                cmp $HOME/before $HOME/after && echo same as before
                $PROGRAM remove; rm -r $HOME
                """
        )
        #expect(result.exitStatus == 0, "\(result)")
        #expect(
            result.output == """
                IPv4 rules written: nat, filter
                -A POSTROUTING -j SERVICE-MANAGER
                -A DOCKER-USER -j SERVICE-MANAGER
                own: 8
                other: 0
                IPv4 rules removed: nat, filter
                same as before

                """
        )
    }

    @Test(arguments: offeredVariants)
    func `our place is taken back after Docker has put its rule above it, and after a flush`(variant: String) throws {
        let result = try Namespace.run(
            "export HOME=$(mktemp -d)\n" + docker(variant) + """
                $PROGRAM apply $plan > /dev/null || true
                $t -t nat -I POSTROUTING -s 172.19.0.0/16 ! -o br-1 -j MASQUERADE
                ($PROGRAM check $plan || true) | grep -c 'IPv4 rules of the table nat are missing'
                ($PROGRAM apply $plan || true) | grep '^IPv. rules'
                $t -t nat -S POSTROUTING | sed -n 2p
                $t -t nat -F; $t -F SERVICE-MANAGER; $t -F DOCKER-USER
                ($PROGRAM apply $plan || true) | grep '^IPv. rules'
                echo own: $($t-save | grep -c '^-A SERVICE-MANAGER')
                rm -r $HOME
                """
        )
        #expect(result.exitStatus == 0, "\(result)")
        #expect(
            result.output == """
                1
                IPv4 rules written: nat
                -A POSTROUTING -j SERVICE-MANAGER
                IPv4 rules written: nat, filter
                own: 8

                """
        )
    }

    @Test(arguments: offeredVariants)
    func `where Docker keeps its networks from direct routing, ours come before its rules and go with the services`(
        variant: String
    ) throws {
        let result = try Namespace.run(
            "export HOME=$(mktemp -d)\n" + docker(variant) + """
                $t -t raw -A PREROUTING -s 192.0.2.0/24 -j DROP
                $t -t raw -A PREROUTING -d 172.28.0.2/32 ! -i br-other -j DROP
                plan="$plan --destination docker0=172.17.0.2:80 --destination docker0=udp://172.17.0.3:53"
                ($PROGRAM apply $plan || true) | grep '^IPv. rules\\|again'
                $t -t raw -S PREROUTING | tail -3
                $t -t raw -S SERVICE-MANAGER | tail -2
                $t -t raw -I PREROUTING -d 172.17.0.4/32 ! -i docker0 -j DROP
                ($PROGRAM check $plan || true) | grep -c 'IPv4 rules of the table raw are missing'
                ($PROGRAM apply $plan || true) | grep '^IPv. rules'
                $t -t raw -S PREROUTING | sed -n 2p
                $PROGRAM remove
                $t -t raw -S | grep -c SERVICE-MANAGER || true
                rm -r $HOME
                """
        )
        #expect(result.exitStatus == 0, "\(result)")
        #expect(
            result.output == """
                IPv4 rules written: nat, filter, raw
                -A PREROUTING -s 192.0.2.0/24 -j DROP
                -A PREROUTING -j SERVICE-MANAGER
                -A PREROUTING -d 172.28.0.2/32 ! -i br-other -j DROP
                -A SERVICE-MANAGER -s 172.17.0.2/32 -i docker0 -p tcp -m tcp --sport 80 -j ACCEPT
                -A SERVICE-MANAGER -s 172.17.0.3/32 -i docker0 -p udp -m udp --sport 53 -j ACCEPT
                1
                IPv4 rules written: raw
                -A PREROUTING -j SERVICE-MANAGER
                IPv4 rules removed: nat, filter, raw
                0

                """
        )
    }

    @Test(arguments: [(interruptions: 4, isKept: true), (interruptions: 9, isKept: false)])
    func `rules that Docker overtakes while they are written are written again, a few times`(
        interruptions: Int,
        isKept: Bool
    ) throws {
        // A restore after which Docker puts its rule on top, as often as it is told to.
        let result = try Namespace.run(
            "export HOME=$(mktemp -d)\n" + docker("nft") + """
                mkdir $HOME/bin; echo \(interruptions) > $HOME/left
                cat > $HOME/bin/iptables-nft-restore <<X
                #!/bin/bash
                $(command -v iptables-nft-restore) "\\$@" || exit
                left=\\$(cat $HOME/left); [ \\$left = 0 ] && exit
                echo \\$((left - 1)) > $HOME/left
                iptables-nft -t nat -I POSTROUTING -s 172.19.0.0/16 ! -o br-1 -j MASQUERADE
                X
                chmod +x $HOME/bin/iptables-nft-restore
                ln -s $(command -v iptables-nft-save) $HOME/bin/iptables-save
                ln -s iptables-nft-restore $HOME/bin/iptables-restore
                ($PROGRAM apply $plan --iptables $HOME/bin || true) > $HOME/report
                grep -c '^IPv4 rules written: nat, filter' $HOME/report || true
                grep -c 'differ from those written' $HOME/report || true
                rm -r $HOME
                """
        )
        #expect(result.exitStatus == 0, "\(result)")
        #expect(result.output == (isKept ? "1\n0\n" : "0\n1\n"), "\(result)")
    }

    @Test func `IPv6 addresses get their rules, and IPv4's stay empty`() throws {
        let result = try Namespace.run(
            """
            ($PROGRAM apply --address '[fd00::1]:7001' --bridge docker0=fd00:1::/64 || true) | grep '^IPv. rules'
            ip6tables-save | grep -- '-A SERVICE-MANAGER'
            iptables-save | grep -c SERVICE-MANAGER || true
            $PROGRAM remove
            """
        )
        #expect(result.exitStatus == 0, "\(result)")
        #expect(
            result.output.split(separator: "\n").sorted() == [
                "-A SERVICE-MANAGER -p tcp -m conntrack --ctorigdst fd00::1 --ctorigdstport 7001 -j SERVICE-MANAGER-SOURCE",
                "-A SERVICE-MANAGER -p tcp -m conntrack --ctstate ESTABLISHED --ctorigdst fd00::1 --ctorigdstport 7001"
                    + " --ctdir REPLY -j ACCEPT",
                "-A SERVICE-MANAGER-SOURCE -j ACCEPT",
                "-A SERVICE-MANAGER-SOURCE -s fd00:1::/64 -o docker0 -j MASQUERADE",
                "0", "IPv6 rules removed: nat, filter", "IPv6 rules written: nat, filter",
            ]
        )
    }

    @Test(arguments: ["$pid,-", "-,02:42:ac:11:00:02", "999999999,02:42:ac:11:00:02"])
    func `a container's port is found by its process or its hardware address`(container: String) throws {
        // Two containers on one bridge, one of them on a second bridge, too.
        let result = try Namespace.run(
            """
            ip link add docker0 type bridge; ip link add br-2 type bridge; ip link set docker0 up; ip link set br-2 up
            ip address add 172.17.0.1/16 dev docker0
            unshare --net sleep 60 & pid=$!; unshare --net sleep 60 & other=$!
            trap 'kill $pid $other' EXIT
            until [ $(readlink /proc/$pid/ns/net) != $(readlink /proc/self/ns/net) ]; do :; done
            until [ $(readlink /proc/$other/ns/net) != $(readlink /proc/self/ns/net) ]; do :; done
            port() {
                ip link add $1 type veth peer name eth$2 netns $3; ip link set $1 master $4 up
                nsenter --net -t $3 ip link set eth$2 address $5 up
            }
            port veth1 0 $pid docker0 02:42:ac:11:00:02
            port veth2 1 $pid br-2 02:42:ac:12:00:02
            port veth3 0 $other docker0 02:42:ac:11:00:03
            nsenter --net -t $pid ip address add 172.17.0.2/16 dev eth0
            # The bridge learns the hardware address from a packet.
            nsenter --net -t $pid bash -c 'echo > /dev/udp/172.17.0.1/9'
            until bridge fdb show dev veth1 | grep -q 02:42:ac:11:00:02; do :; done
            plan="--address 172.17.0.1:7001 --port c1,docker0,\(container)"
            ($PROGRAM check $plan || true) | grep hairpin
            ($PROGRAM apply $plan || true) | grep '^hairpin'
            for port in veth1 veth2 veth3; do bridge -d link show dev $port | grep -o 'hairpin [onf]*'; done
            ($PROGRAM check $plan || true) | grep -c hairpin || true
            """
        )
        #expect(result.exitStatus == 0, "\(result)")
        #expect(
            result.output == """
                ! hairpin mode of veth1, the port of c1, is off; expected on, so that the container reaches its own service: \
                run `bridge link set dev veth1 hairpin on`, or read the daemon's journal
                hairpin mode on for veth1, the port of c1
                hairpin on
                hairpin off
                hairpin off
                0

                """
        )
    }

    @Test func `what is missing is named`() throws {
        let result = try Namespace.run(
            """
            ip address add 172.17.0.1/32 dev lo
            plan="--address 172.17.0.1:80 --address 10.9.9.9:80 --bridge br-none=172.17.0.0/16 --port gone,br-none,999999999,-"
            $PROGRAM check $plan | sed 's/; expected.*//' || true
            """
        )
        let lines = result.output.split(separator: "\n")
        #expect(lines.contains("! no interface of this host has 10.9.9.9"), "\(result)")
        #expect(lines.contains("! there is no interface br-none"))
        #expect(lines.contains("! the port of gone on br-none was not found"))
        #expect(!lines.contains { $0.contains("172.17.0.1") })
    }

    @Test func `the host's addresses are all seen`() throws {
        let result = try Namespace.run(
            """
            ip link add veth0 type veth peer name veth1
            ip address add 10.1.2.3 peer 10.1.2.4/32 dev veth0
            ip address add 10.5.5.5/32 dev lo
            ip address add fd00::7/64 dev veth0 nodad
            $PROGRAM addresses
            """
        )
        #expect(result.output == "10.1.2.3\n10.5.5.5\n127.0.0.1\n::1\nfd00::7\n", "\(result)")
    }

    @Test func `tracked connections to one server are forgotten, and no others`() throws {
        let result = try Namespace.run(
            """
            ip address add 10.5.5.5/32 dev lo; ip address add 10.6.6.6/32 dev lo
            iptables -t nat -A OUTPUT -p udp -d 10.5.5.5 --dport 53 -j DNAT --to 10.6.6.6:5353
            echo > /dev/udp/10.5.5.5/53; echo > /dev/udp/10.5.5.5/53; echo > /dev/udp/10.5.5.5/54
            $PROGRAM forget udp://10.5.5.5:53 10.6.6.7:5353
            $PROGRAM forget udp://10.5.5.5:53 10.6.6.6:5353
            $PROGRAM forget udp://10.5.5.5:53 10.6.6.6:5353
            $PROGRAM forget udp://10.5.5.5:54 10.5.5.5:54
            """
        )
        #expect(result.output == "0\n2\n0\n1\n", "\(result)")
    }
}
