package import Addresses

/// The answers to the commands for a revision's addresses and image.
package enum CandidateEvent: Equatable, Sendable {
    /// These addresses are ours now, even if the revision isn't wanted any more.
    case addressesClaimed([ServiceAddress])
    case claimFailed(Failure)
    /// The image is on this host, and this is what its tag stands for now.
    case pulled(ImageID?)
    case pullFailed(Failure)
}
