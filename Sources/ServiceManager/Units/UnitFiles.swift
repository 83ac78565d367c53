import ServiceModel

/// The units' files: those that are made here, and what is known of those that aren't.
struct UnitFiles {
    /// The units of services whose documents name an address.
    let templates: UnitTemplates
    let reloader: UnitReloader
    /// Services whose units' name another program's template has, and where that is.
    var foreign: [ServiceID: String] = [:]
    /// Services whose templates were looked at.
    var ordered: Set<ServiceID> = []
    /// Services whose templates go once none of their units runs.
    var withdrawing: Set<ServiceID> = []
}
