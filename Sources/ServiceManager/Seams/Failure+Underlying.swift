import Docker
import HostNetwork
import IPVS
import ServiceModel

/// Turns errors of the adapters into what the core knows: a sentence, and whether trying again can help.
extension Failure {
    init(_ error: IPVSError, _ what: String) {
        self.init("\(what): \(error)", isTransient: error.isTransient)
    }

    init(_ error: DockerError, _ what: String) {
        self.init("\(what): \(error)", isTransient: error.isTransient, isOutage: error.isOutage)
    }
}
