import Addresses
import ServiceModel
import Testing

/// What is found to differ between the kernel's table and what a service wants.
@Suite struct DestinationDriftTests {
    static let address = try? ServiceAddress("172.18.0.1:7001")
    let settings = TrafficSettings(scheduler: "wlc")

    private func endpoint(_ last: Int) throws -> Endpoint { try Endpoint("172.17.0.\(last):80") }

    private func repairs(
        wanted: WantedVirtualService,
        observed: ObservedVirtualService?
    ) throws -> [TrafficRepair.Fault] {
        let address = try #require(Self.address)
        return DestinationDrift.repairs(wanted: [address: wanted], observed: observed.map { [address: $0] } ?? [:])
            .map(\.fault)
    }

    private func observed(_ weights: [Endpoint: Int], _ settings: TrafficSettings? = nil) -> ObservedVirtualService {
        let settings = settings ?? self.settings
        return ObservedVirtualService(
            settings: settings,
            settingsText: settings.description,
            destinations: weights.mapValues { ObservedDestination(weight: $0) }
        )
    }

    @Test func `nothing is to be done where the kernel is as it should be`() throws {
        let wanted = WantedVirtualService(settings: settings, destinations: [try endpoint(2): .weight(1)])
        #expect(try repairs(wanted: wanted, observed: observed([try endpoint(2): 1])).isEmpty)
    }

    @Test func `a virtual service that is gone is made again with its destinations`() throws {
        let wanted = WantedVirtualService(
            settings: settings,
            destinations: [try endpoint(2): .weight(1), try endpoint(3): .weight(0), try endpoint(4): .undecided]
        )
        #expect(
            try repairs(wanted: wanted, observed: nil)
                == [.virtualServiceMissing(settings, [try endpoint(2): 1, try endpoint(3): 0])]
        )
    }

    @Test func `what is missing is added before what is foreign is deleted`() throws {
        let wanted = WantedVirtualService(settings: settings, destinations: [try endpoint(2): .weight(3)])
        #expect(
            try repairs(wanted: wanted, observed: observed([try endpoint(9): 1]))
                == [.destinationMissing(try endpoint(2), weight: 3), .destinationForeign(try endpoint(9), weight: 1)]
        )
    }

    @Test func `a weight that was changed is set back, that of a draining backend too`() throws {
        let wanted = WantedVirtualService(
            settings: settings,
            destinations: [try endpoint(2): .weight(1), try endpoint(3): .weight(0)]
        )
        #expect(
            try repairs(wanted: wanted, observed: observed([try endpoint(2): 5, try endpoint(3): 1]))
                == [
                    .destinationChanged(try endpoint(2), found: "weight 5", weight: 1),
                    .destinationChanged(try endpoint(3), found: "weight 1", weight: 0),
                ]
        )
    }

    @Test func `a destination that forwards in another way is set back`() throws {
        let wanted = WantedVirtualService(settings: settings, destinations: [try endpoint(2): .weight(1)])
        var found = observed([:])
        found.destinations[try endpoint(2)] = ObservedDestination(weight: 1, isPlain: false)
        #expect(
            try repairs(wanted: wanted, observed: found) == [
                .destinationChanged(try endpoint(2), found: "weight 1 with other forwarding or limits", weight: 1)
            ]
        )
    }

    @Test func `scheduler, flags and persistence are set back`() throws {
        let wanted = WantedVirtualService(
            settings: TrafficSettings(scheduler: "sh", schedulerFlags: [.port], persistence: .seconds(60))
        )
        #expect(
            try repairs(wanted: wanted, observed: observed([:]))
                == [
                    .settingsChanged(
                        found: "wlc",
                        wanted: TrafficSettings(scheduler: "sh", schedulerFlags: [.port], persistence: .seconds(60))
                    )
                ]
        )
        #expect(wanted.settings?.description == "sh with port, persistent for 1m")
    }

    @Test func `a destination about which a write is under way is left alone`() throws {
        let wanted = WantedVirtualService(settings: settings, destinations: [try endpoint(2): .undecided])
        #expect(try repairs(wanted: wanted, observed: observed([:])).isEmpty)
        #expect(try repairs(wanted: wanted, observed: observed([try endpoint(2): 4])).isEmpty)
    }

    @Test func `virtual services of others are none of our business`() throws {
        let other = try ServiceAddress("10.0.0.1:80")
        #expect(DestinationDrift.repairs(wanted: [:], observed: [other: observed([try endpoint(2): 1])]).isEmpty)
    }

    @Test func `an address that no definition has any more keeps its settings, but no stranger`() throws {
        let wanted = WantedVirtualService(settings: nil)
        #expect(try repairs(wanted: wanted, observed: nil).isEmpty)
        #expect(
            try repairs(wanted: wanted, observed: observed([try endpoint(9): 2]))
                == [.destinationForeign(try endpoint(9), weight: 2)]
        )
    }
}
