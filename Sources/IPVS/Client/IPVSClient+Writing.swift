import Addresses
import CNetlink
import Netlink

extension IPVSClient {
    /// Creates a virtual service.
    ///
    /// - Parameter service: The service.
    /// - Throws: `IPVSError`, `.serviceExists` among others.
    public func add(_ service: VirtualService) async throws(IPVSError) {
        try await perform(.addService(service))
    }

    /// Changes all settings of a virtual service; its connections stay.
    ///
    /// - Parameter service: The service with its new settings.
    /// - Throws: `IPVSError`, `.noSuchService` among others.
    public func edit(_ service: VirtualService) async throws(IPVSError) {
        try await perform(.editService(service))
    }

    /// Creates a virtual service, or changes the settings of an existing one.
    ///
    /// - Parameter service: The service with its new settings.
    /// - Throws: `IPVSError`.
    public func addOrEdit(_ service: VirtualService) async throws(IPVSError) {
        try await addOrEdit(add: .addService(service), edit: .editService(service))
    }

    /// Removes a virtual service with its destinations.
    ///
    /// - Parameter service: The service.
    /// - Throws: `IPVSError`, `.noSuchService` among others.
    public func remove(_ service: VirtualService.Identity) async throws(IPVSError) {
        try await perform(.removeService(service))
    }

    /// Creates a destination.
    ///
    /// - Parameters:
    ///   - destination: The destination.
    ///   - service: The virtual service that gets it.
    /// - Throws: `IPVSError`, `.destinationExists` and `.noSuchService` among others.
    public func add(_ destination: Destination, to service: VirtualService.Identity) async throws(IPVSError) {
        try await perform(.addDestination(destination, of: service))
    }

    /// Changes all settings of a destination; its connections stay.
    ///
    /// - Parameters:
    ///   - destination: The destination with its new settings.
    ///   - service: The virtual service that has it.
    /// - Throws: `IPVSError`, `.noSuchDestination` and `.noSuchService` among others.
    public func edit(_ destination: Destination, of service: VirtualService.Identity) async throws(IPVSError) {
        try await perform(.editDestination(destination, of: service))
    }

    /// Creates a destination, or changes the settings of an existing one.
    ///
    /// - Parameters:
    ///   - destination: The destination with its new settings.
    ///   - service: The virtual service that has it, or gets it.
    /// - Throws: `IPVSError`, `.noSuchService` among others.
    public func addOrEdit(_ destination: Destination, of service: VirtualService.Identity) async throws(IPVSError) {
        try await addOrEdit(
            add: .addDestination(destination, of: service),
            edit: .editDestination(destination, of: service)
        )
    }

    /// Removes a destination; its connections are cut off.
    ///
    /// - Parameters:
    ///   - destination: The destination.
    ///   - service: The virtual service that has it.
    /// - Throws: `IPVSError`, `.noSuchDestination` and `.noSuchService` among others.
    public func remove(
        _ destination: Destination.Identity,
        from service: VirtualService.Identity
    ) async throws(IPVSError) {
        try await perform(.removeDestination(destination, of: service))
    }

    /// Sets how long idle connections are remembered, for all virtual services (`IPVS_CMD_SET_CONFIG`).
    ///
    /// - Parameter timeouts: The timeouts; 0 leaves one unchanged.
    /// - Throws: `IPVSError`.
    public func setTimeouts(_ timeouts: Timeouts) throws(IPVSError) {
        var invalid: IPVSError?
        let outcome: ChangeOutcome?
        do {
            outcome = try converse { conversation throws(NetlinkFailure) in
                try conversation.change(count: 1) { _, header, writer in
                    do throws(IPVSError) {
                        try writer.message(header, command: IPVS_CMD_SET_CONFIG) { writer throws(IPVSError) in
                            try writer.timeouts(timeouts)
                        }
                        return true
                    } catch {
                        invalid = error
                        return false
                    }
                }
            }.first
        } catch {
            throw IPVSError(error)
        }
        switch outcome {
        case .done: return
        case .refused(let failure): throw IPVSError(failure)
        case .lost, .notSent, nil: throw invalid ?? .unknownOutcome
        }
    }

    private func perform(_ operation: IPVSOperation) async throws(IPVSError) {
        if let failure = try await apply([operation]).first { throw failure.error }
    }

    /// Adds, or edits what exists.
    ///
    /// Another program may change the table in between, so both are tried a limited number of times.
    private func addOrEdit(add: IPVSOperation, edit: IPVSOperation) async throws(IPVSError) {
        for isLast in [false, false, true] {
            do {
                return try await perform(add)
            } catch .serviceExists, .destinationExists {
                do {
                    return try await perform(edit)
                } catch .noSuchService where !isLast {
                    continue
                } catch .noSuchDestination where !isLast {
                    continue
                }
            }
        }
    }
}
