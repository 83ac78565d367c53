/// The images that revisions of a service were started from.
package struct ServiceImages: Equatable, Sendable {
    package private(set) var byRevision: [Revision: ImageID] = [:]
    /// The revisions whose images are being removed.
    private var leaving: Set<Revision> = []

    package init() {}

    package subscript(revision: Revision) -> ImageID? { byRevision[revision] }

    package var isEmpty: Bool { byRevision.isEmpty && leaving.isEmpty }

    /// Records the image of a revision; nil when Docker doesn't say which image it is.
    mutating func note(_ image: ImageID?, of revision: Revision) {
        leaving.remove(revision)
        byRevision[revision] = image
    }

    /// Forgets a revision's image: the next rollout of it pulls the image again.
    mutating func forget(_ revision: Revision) { byRevision[revision] = nil }

    /// Begins to remove the images of revisions that can't be rolled back to.
    ///
    /// - Parameter needed: The revisions that run, are wanted, or can be rolled back to.
    /// - Returns: The images that Docker should remove.
    mutating func giveUp(except needed: Set<Revision>) -> [Revision: ImageID] {
        let unneeded = byRevision.filter { !needed.contains($0.key) && !leaving.contains($0.key) }
        guard !unneeded.isEmpty else { return [:] }
        let neededNames = Set(byRevision.filter { needed.contains($0.key) }.compactMap(\.value.pulled))
        leaving.formUnion(unneeded.keys)
        return unneeded.mapValues { image in
            var image = image
            // A name that another revision was also pulled by stays.
            if image.pulled.map(neededNames.contains) == true { image.pulled = nil }
            return image
        }
    }

    /// Forgets images that were removed.
    ///
    /// A revision that is wanted again meanwhile has its image recorded again.
    mutating func removed(_ revisions: [Revision]) {
        for revision in revisions where leaving.remove(revision) != nil { byRevision[revision] = nil }
    }
}
