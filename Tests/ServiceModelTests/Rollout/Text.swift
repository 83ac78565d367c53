import Addresses

@testable import ServiceModel

/// One line of text for what golden files show besides events and actions, which have texts of their own.
enum Text {
    static func of(_ management: Management) -> String {
        switch management {
        case .unmanaged: "unmanaged"
        case .managed: "managed"
        case .stopping(let reason): "stopping (\(reason.rawValue))"
        case .disabled: "disabled"
        case .failed(let revision): "failed (\(revision))"
        }
    }
}
