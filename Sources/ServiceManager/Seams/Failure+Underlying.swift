import Docker
import HostNetwork
import IPVS
import ServiceModel

/// Errors of the adapters, as the core knows them: a sentence, and whether trying again can help.
extension Failure {
    init(_ error: IPVSError, _ what: String) {
        self.init("\(what): \(error)", isTransient: error.isTransient)
    }

    init(_ error: DockerError, _ what: String) {
        self.init("\(what): \(error)", isTransient: error.isTransient, isOutage: error.isOutage)
    }
}
