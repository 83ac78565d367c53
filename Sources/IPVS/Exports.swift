/// `Endpoint`, `ServiceAddress` and their parts are in every signature here, so one import brings both.
@_exported public import Addresses
