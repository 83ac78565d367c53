package import Addresses
package import ServiceModel

/// What was found on the host when a person asked to adopt a container.
package struct AdoptionFacts: Equatable, Sendable {
    /// The container's name, as the person gave it.
    package var asked: String
    /// The container; nil when Docker has none with that name.
    package var container: Container?
    /// The id of the document's image; nil when it isn't on this host.
    package var documentImage: String?
    /// The destinations at each of the service's addresses; nil where there is no virtual service.
    package var destinations: [ServiceAddress: [Destination]?]

    package struct Container: Equatable, Sendable {
        /// Docker's id.
        package var id: String
        package var isRunning: Bool
        /// The name of the image that it was created from, and the image's id.
        package var image: String
        package var imageID: String
        /// Where it serves, by the service's definition; nil when it has no address in that network.
        package var endpoint: Endpoint?
        /// The service in its labels; nil when it isn't ours.
        package var service: String?

        package init(
            id: String,
            isRunning: Bool,
            image: String,
            imageID: String,
            endpoint: Endpoint?,
            service: String? = nil
        ) {
            self.id = id
            self.isRunning = isRunning
            self.image = image
            self.imageID = imageID
            self.endpoint = endpoint
            self.service = service
        }
    }

    package struct Destination: Equatable, Sendable {
        package var endpoint: Endpoint
        package var weight: Int
        /// True when packets reach it by masquerading (NAT), as with our own destinations.
        package var isMasqueraded: Bool

        package init(_ endpoint: Endpoint, weight: Int, isMasqueraded: Bool = true) {
            self.endpoint = endpoint
            self.weight = weight
            self.isMasqueraded = isMasqueraded
        }
    }

    package init(
        asked: String,
        container: Container?,
        documentImage: String?,
        destinations: [ServiceAddress: [Destination]?]
    ) {
        self.asked = asked
        self.container = container
        self.documentImage = documentImage
        self.destinations = destinations
    }
}

extension OperatorPlan {
    /// Checks whether what was found is a container that serves as the service's definition says.
    ///
    /// - Throws: An `OperatorRefusal` that says what was found, and what was expected.
    package init(
        adopting facts: AdoptionFacts,
        _ deployment: Deployment,
        at addresses: [ServiceAddress],
        for rollout: Rollout
    ) throws(OperatorRefusal) {
        let name = rollout.service
        let definition = deployment.definition
        guard let container = facts.container else {
            throw OperatorRefusal("Docker has no container \(facts.asked)", next: "docker ps --no-trunc")
        }
        let short = container.id.prefix(12)
        if let service = container.service {
            throw OperatorRefusal(
                "the container \(short) already belongs to the service \(service)",
                next: "smctl status"
            )
        }
        guard container.isRunning else {
            throw OperatorRefusal(
                "the container \(short) doesn't run",
                next: "smctl retry \(name) starts one of the service's own"
            )
        }
        guard container.imageID == facts.documentImage else {
            throw OperatorRefusal(
                "the container \(short) runs \(container.image) (\(container.imageID.prefix(19))), but the document of \(name) "
                    + "names \(definition.image) (\(facts.documentImage.map { "\($0.prefix(19))" } ?? "not on this host"))",
                next: "put the container's image into the document; change it once the container is adopted"
            )
        }
        guard let endpoint = container.endpoint else {
            throw OperatorRefusal(
                "the container \(short) has no address in the network \(definition.network ?? "bridge")",
                next: "name its network in the document"
            )
        }
        var weights: Set<Int> = []
        for address in addresses {
            weights.insert(try Self.weight(of: endpoint, facts.destinations[address] ?? nil, address, rollout))
        }
        guard let weight = weights.first, weights.count == 1 else {
            throw OperatorRefusal(
                "\(endpoint) has the weights \(weights.sorted().map(String.init).joined(separator: ", ")) at the addresses of \(name)",
                next: "give it one weight: ipvsadm -e -t ADDRESS -r \(endpoint) -m -w \(definition.weight)"
            )
        }
        self.init(
            .operator(
                .adopted(
                    AdoptedContainer(
                        container: ContainerID(container.id),
                        endpoint: endpoint,
                        revision: deployment.revision,
                        addresses: addresses,
                        weight: weight,
                        image: ImageID(container.imageID)
                    )
                )
            ),
            message:
                "the container \(short) at \(endpoint) now belongs to \(deployment.revision), and the virtual service of "
                + "\(addresses.map(\.description).joined(separator: ", ")) is ours; neither was touched"
        )
    }

    /// The weight of the only destination at an address, which must be this endpoint.
    private static func weight(
        of endpoint: Endpoint,
        _ found: [AdoptionFacts.Destination]?,
        _ address: ServiceAddress,
        _ rollout: Rollout
    ) throws(OperatorRefusal) -> Int {
        guard let found else {
            throw OperatorRefusal(
                "the kernel has no virtual service at \(address), expected one with the destination \(endpoint)",
                next: "ipvsadm -Ln shows what there is; smctl retry \(rollout.service) begins without adoption"
            )
        }
        guard let destination = found.first(where: { $0.endpoint == endpoint }) else {
            let others = found.map(\.endpoint.description).joined(separator: ", ")
            throw OperatorRefusal(
                "the virtual service at \(address) has \(others.isEmpty ? "no destination" : "the destination \(others)"), "
                    + "expected \(endpoint)",
                next: "name the container that serves there, or correct \"port\" in the document"
            )
        }
        guard found.count == 1 else {
            let others = found.map(\.endpoint).filter { $0 != endpoint }.map(\.description)
            throw OperatorRefusal(
                "the virtual service at \(address) also has other destinations: \(others.joined(separator: ", "))",
                next: "delete them once their connections have ended: ipvsadm -d -t \(address) -r \(others[0])"
            )
        }
        guard destination.isMasqueraded else {
            throw OperatorRefusal(
                "\(endpoint) isn't reached by masquerading at \(address)",
                next: "ipvsadm -e -t \(address) -r \(endpoint) -m"
            )
        }
        guard destination.weight > 0 else {
            throw OperatorRefusal(
                "\(endpoint) has weight 0 at \(address): it gets no new connections",
                next: "ipvsadm -e -t \(address) -r \(endpoint) -m -w 1"
            )
        }
        return destination.weight
    }
}
