import Addresses

extension DefinitionDecoder {
    /// Decodes how clients reach the service.
    mutating func decodeTraffic(_ object: DocumentObject, into definition: inout ServiceDefinition) {
        read(.address, in: object, into: &definition.addresses) { $0.addresses($1) }
        read(.scheduler, in: object, into: &definition.scheduler) { $0.scheduler($1) }
        let scheduler = definition.scheduler
        read(.schedulerFlags, in: object, into: &definition.schedulerFlags) { $0.schedulerFlags($1, of: scheduler) }
        read(.persistence, in: object, into: &definition.persistence) { decoder, field in
            guard let value = decoder.duration(field, in: .seconds(1) ... .seconds(31 * 86400)) else { return nil }
            guard value.components.attoseconds == 0 else {
                decoder.reject(field, expected: "whole seconds")
                return nil
            }
            return value
        }
        read(.weight, in: object, into: &definition.weight) { $0.integer($1, in: 1...65535) }
    }

    /// An address, or a list of different ones.
    private mutating func addresses(_ field: DocumentField) -> [ServiceAddress]? {
        guard let elements = field.elements else { return address(field).map { [$0] } }
        guard !elements.isEmpty else {
            reject(
                field,
                expected: "at least one address",
                nextStep: "leave the field out when the unit names the address"
            )
            return nil
        }
        var seen: Set<ServiceAddress> = []
        return elements.compactMap { element -> ServiceAddress? in
            guard let address = address(element) else { return nil }
            guard seen.insert(address).inserted else {
                reject(element, expected: "each address once", found: "\(address) again")
                return nil
            }
            return address
        }
    }

    private mutating func address(_ field: DocumentField) -> ServiceAddress? {
        let expected = AddressError.Expectation.serviceAddress.description
        guard let text = field.text else {
            reject(field, expected: expected)
            return nil
        }
        do {
            let address = try ServiceAddress(text)
            guard let reason = Self.reasonAgainst(address.endpoint.address) else { return address }
            reject(field, expected: "an address of this host", nextStep: reason)
        } catch {
            let isWhole = error.expected == .serviceAddress || error.found == text
            reject(field, expected: expected, nextStep: isWhole ? nil : error.description)
        }
        return nil
    }

    /// Why an address can't be a service address; nil when it can.
    private static func reasonAgainst(_ address: IPAddress) -> String? {
        if address.isLoopback {
            return
                "IPVS can't serve 127.0.0.0/8 and ::1: the kernel routes no packet with a loopback address to a container; "
                + "take docker0's address, such as 172.17.0.1"
        }
        if address.isUnspecified { return "IPVS needs one address, not the wildcard; for several give a list" }
        let first = address.bytes.first ?? 0
        let isMulticast = address.family == .ipv4 ? first >= 224 : first == 255
        return isMulticast ? "a multicast or reserved address can't be a host's own" : nil
    }

    private mutating func scheduler(_ field: DocumentField) -> String? {
        let known = ServiceDefinition.schedulers
        guard let text = field.text, known.contains(text) else {
            let step = field.text.flatMap { Spelling.guess($0, among: known) }.map { "did you mean \"\($0)\"?" }
            reject(field, expected: "an IPVS scheduler: \(Shown.choice(known))", nextStep: step)
            return nil
        }
        return text
    }

    private mutating func schedulerFlags(_ field: DocumentField, of scheduler: String) -> Set<SchedulerFlag>? {
        guard scheduler == "sh" || scheduler == "mh" else {
            reject(field, expected: "no flags with scheduler \"\(scheduler)\"", nextStep: "only sh and mh have any")
            return nil
        }
        guard let elements = field.elements else {
            reject(field, expected: "a list of \"fallback\" and \"port\"")
            return nil
        }
        let flags: [SchedulerFlag] = elements.compactMap { choice($0) }
        return Set(flags)
    }
}
