/// Which images are kept for a service, and which aren't needed any more.
extension Rollout {
    /// The revisions that run, are to run, or may be gone back to.
    private var neededRevisions: Set<Revision> {
        let wanted = [target, current, fallback, pin?.deployment, candidate?.deployment].compactMap { $0?.revision }
        return Set(wanted).union(kept).union(instances.keys.map(\.revision))
    }

    /// Gives up the images of revisions that can't be gone back to any more, once their last container is gone.
    mutating func collectImages() {
        let needed = neededRevisions
        let unneeded = images.filter { !needed.contains($0.key) && !leavingImages.contains($0.key) }
        guard !unneeded.isEmpty else { return }
        let neededNames = Set(images.filter { needed.contains($0.key) }.compactMap(\.value.pulled))
        leavingImages.formUnion(unneeded.keys)
        emit(
            .removeImages(
                unneeded.mapValues { image in
                    var image = image
                    // What another revision was pulled by, too, stays under that name.
                    if image.pulled.map(neededNames.contains) == true { image.pulled = nil }
                    return image
                }
            )
        )
    }

    /// What could be removed of them is; a revision that was wanted again meanwhile has its image noted again.
    mutating func imagesRemoved(_ revisions: [Revision]) {
        for revision in revisions where leavingImages.remove(revision) != nil { images[revision] = nil }
    }

    /// The image of a revision is here.
    mutating func noteImage(_ image: ImageID?, of revision: Revision) {
        leavingImages.remove(revision)
        images[revision] = image
    }
}
