/// The images that revisions of a service were started from.
package struct ServiceImages: Equatable, Sendable {
    package private(set) var byRevision: [Revision: ImageID] = [:]
    /// Those whose removal is under way.
    private var leaving: Set<Revision> = []

    package init() {}

    package subscript(revision: Revision) -> ImageID? { byRevision[revision] }

    package var isEmpty: Bool { byRevision.isEmpty && leaving.isEmpty }

    /// The image of a revision is here; nil when Docker doesn't say which one it is.
    mutating func note(_ image: ImageID?, of revision: Revision) {
        leaving.remove(revision)
        byRevision[revision] = image
    }

    /// Forgets a revision's image: the next rollout of it pulls the image again.
    mutating func forget(_ revision: Revision) { byRevision[revision] = nil }

    /// Gives up the images of revisions that can't be gone back to.
    ///
    /// - Parameter needed: The revisions that run, are to run, or may be gone back to.
    /// - Returns: What Docker is to remove.
    mutating func giveUp(except needed: Set<Revision>) -> [Revision: ImageID] {
        let unneeded = byRevision.filter { !needed.contains($0.key) && !leaving.contains($0.key) }
        guard !unneeded.isEmpty else { return [:] }
        let neededNames = Set(byRevision.filter { needed.contains($0.key) }.compactMap(\.value.pulled))
        leaving.formUnion(unneeded.keys)
        return unneeded.mapValues { image in
            var image = image
            // What another revision was pulled by, too, stays under that name.
            if image.pulled.map(neededNames.contains) == true { image.pulled = nil }
            return image
        }
    }

    /// What could be removed of them is; a revision that was wanted again meanwhile has its image noted again.
    mutating func removed(_ revisions: [Revision]) {
        for revision in revisions where leaving.remove(revision) != nil { byRevision[revision] = nil }
    }
}
