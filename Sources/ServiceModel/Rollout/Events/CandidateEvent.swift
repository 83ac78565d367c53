package import Addresses

/// The answers to the commands for a revision's addresses and image.
package enum CandidateEvent: Equatable, Sendable {
    /// With the addresses, which are ours even when the revision isn't wanted any more.
    case addressesClaimed([ServiceAddress])
    case claimFailed(Failure)
    /// The image is here, and this is what its tag stands for now.
    case pulled(ImageID?)
    case pullFailed(Failure)
}
