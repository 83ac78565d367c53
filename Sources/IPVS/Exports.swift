/// `Endpoint`, `ServiceAddress` and their parts are in many signatures here, so one import provides both modules.
@_exported public import Addresses
