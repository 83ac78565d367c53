package import Addresses
import FoundationEssentials
import Logging
package import ServiceModel
import SystemPackage

/// Which virtual services are ours: those that were recorded before they were created.
extension StateStore {
    /// The addresses whose virtual services are recorded as ours, or were about to be created.
    package func claimedAddresses(of service: ServiceID) -> Set<ServiceAddress> {
        recordedAddresses(of: service) ?? []
    }

    /// As `claimedAddresses`; nil when the service has no record at all, because its files were lost.
    package func recordedAddresses(of service: ServiceID) -> Set<ServiceAddress>? {
        let claims = claims(of: service)
        guard let record = record(of: service) else { return claims }
        return Set(record.claimed).union(claims ?? [])
    }

    /// Records addresses whose virtual services are about to be created.
    ///
    /// `record.json` names them only afterwards. After a crash in between, the next daemon must know that they are its own.
    ///
    /// - Throws: `Failure` when they can't be recorded; nothing may be created then.
    package func addClaims(_ addresses: [ServiceAddress], of service: ServiceID) throws(Failure) {
        do throws(Errno) {
            try write((claims(of: service) ?? []).union(addresses), of: service)
        } catch {
            throw unwritable(claimsFile(service), error, "no virtual service is created")
        }
    }

    /// Forgets addresses whose virtual services no longer exist.
    package func removeClaims(_ addresses: [ServiceAddress], of service: ServiceID) {
        guard let claims = claims(of: service), !claims.isDisjoint(with: addresses) else { return }
        do throws(Errno) {
            try write(claims.subtracting(addresses), of: service)
        } catch {
            failed(service, error)
        }
    }

    /// Forgets addresses in `record.json` as well, because their virtual services are somebody else's.
    package func giveUp(_ addresses: Set<ServiceAddress>, of service: ServiceID) {
        removeClaims(addresses.sorted(), of: service)
        guard var record = record(of: service), !addresses.isDisjoint(with: record.claimed) else { return }
        record.claimed.removeAll { addresses.contains($0) }
        save(record, of: service)
    }

    private func claims(of service: ServiceID) -> Set<ServiceAddress>? {
        guard let bytes = StateFiles.read(claimsFile(service)) else { return nil }
        return try? JSONDecoder().decode(Set<ServiceAddress>.self, from: Data(bytes))
    }

    private func write(_ claims: Set<ServiceAddress>, of service: ServiceID) throws(Errno) {
        // Encoding addresses can't fail.
        let bytes = (try? JSONEncoder().encode(claims.sorted())) ?? Data()
        try StateFiles.write([UInt8](bytes), to: claimsFile(service))
    }

    private func claimsFile(_ service: ServiceID) -> FilePath {
        directory.appending(service.rawValue).appending("claims.json")
    }

    // MARK: Boots

    /// True when the host has been booted since the virtual services were recorded: none of them is ours then.
    ///
    /// - Parameter boot: The kernel's id of this boot; nil when it can't be read.
    /// - Returns: Whether the host has been booted since; false without an id.
    package func isRecordedBefore(_ boot: String?) -> Bool {
        guard let boot, let recorded = StateFiles.read(bootFile) else { return false }
        return recorded != [UInt8](boot.utf8)
    }

    /// Records the boot in which virtual services are created from now on; `writeAgain` repeats the write if it fails.
    package func noteBoot(_ boot: String?) {
        guard let boot, StateFiles.read(bootFile) != [UInt8](boot.utf8) else { return unwritten.noteBoot(nil) }
        do throws(Errno) {
            try StateFiles.write([UInt8](boot.utf8), to: bootFile)
            unwritten.noteBoot(nil)
        } catch {
            if unwritten.boot == nil {
                logger.error("\(bootFile) can't be written (\(error)): make room on the disk; the write is repeated")
            }
            unwritten.noteBoot(boot)
        }
    }

    /// The kernel's id of this boot (`/proc/sys/kernel/random/boot_id`, random(4)).
    package static var currentBoot: String? {
        StateFiles.read("/proc/sys/kernel/random/boot_id").map { bytes in
            String(decoding: bytes.filter { $0 > UInt8(ascii: " ") }, as: UTF8.self)
        }
    }

    /// No service can have this name.
    private var bootFile: FilePath { directory.appending("boot~") }
}
