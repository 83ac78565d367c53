/// The part of `GET /networks/NAME` that is used.
package struct NetworkDetails: Sendable, Equatable {
    /// The full id, 64 hexadecimal digits.
    package var id: String
    /// Its name: `bridge`.
    package var name: String
    /// `bridge`, `host`, `null`, `macvlan` and others.
    package var driver: String
    /// The bridge's interface on the host, such as `docker0`, if the network names it.
    ///
    /// Otherwise it's `br-` and the first twelve digits of the id.
    package var bridgeName: String?
    /// Its address ranges with their prefix lengths: `172.17.0.0/16`.
    package var subnets: [String]
    /// The host's addresses in them, one for each range that has one.
    package var gateways: [String]
}

extension NetworkDetails: Decodable {
    package init(from decoder: any Decoder) throws {
        let root = LenientObject(try decoder.container(keyedBy: AnyKey.self))
        let options: [String: String] = root.value("Options") ?? [:]
        let ranges: [AddressRange] = root.object("IPAM")?.value("Config") ?? []
        id = try root.required("Id")
        name = root.string("Name") ?? ""
        driver = root.string("Driver") ?? ""
        bridgeName = options["com.docker.network.bridge.name"]
        subnets = ranges.compactMap { $0.subnet }
        gateways = ranges.compactMap { $0.gateway }
    }

    private struct AddressRange: Decodable {
        let subnet: String?
        let gateway: String?

        private enum CodingKeys: String, CodingKey {
            case subnet = "Subnet"
            case gateway = "Gateway"
        }
    }
}
