import Docker
import ImageReferences
import Logging
package import ServiceModel

/// Images: pulled as a definition says, kept while their revision can be rolled back to, and removed after that.
extension DockerRuntime {
    package func pull(
        _ revision: Revision,
        of service: ServiceID,
        _ definition: ServiceDefinition,
        known: ImageID?,
        progress: @escaping @Sendable (String) -> Void
    ) async throws(Failure) -> ImageID {
        let image = try await obtain(definition, known, progress)
        await keep(image, KeptImageTag(revision, of: service))
        return image
    }

    private func obtain(
        _ definition: ServiceDefinition,
        _ known: ImageID?,
        _ progress: @escaping @Sendable (String) -> Void
    ) async throws(Failure) -> ImageID {
        let reference = definition.image
        if let known {
            if try await look(known.rawValue, reference) != nil { return known }
            return try await restore(known, definition, progress)
        }
        let here = try await look(reference, reference)
        if definition.pull != .always, let here { return here.imageID(reference) }
        guard definition.pull != .never else {
            throw Failure(
                "the image \(reference) is not on this host, and \"pull\" is \"never\": "
                    + "load or build it here, or set \"pull\" to \"missing\""
            )
        }
        var image = try await fetch(reference, definition, progress).imageID(reference)
        if image.rawValue != here?.id { image.pulled = reference }
        return image
    }

    /// Gets an image that was removed from this host again: exactly that image, or none.
    func restore(
        _ image: ImageID,
        _ definition: ServiceDefinition,
        _ progress: @escaping @Sendable (String) -> Void
    ) async throws(Failure) -> ImageID {
        let what =
            "the image \(image.rawValue.prefix(19)) that this revision ran (\(definition.image)) was removed from this host"
        let next =
            "load or build that very image here, or save the document again to run what \(definition.image) stands for now"
        guard let digest = image.digest else {
            throw Failure("\(what), and no registry is known that has it: \(next)")
        }
        guard definition.pull != .never else { throw Failure("\(what), and \"pull\" is \"never\": \(next)") }
        do throws(Failure) {
            let pulled = try await fetch(digest, definition, progress)
            return ImageID(pulled.id, digest: digest, pulled: digest)
        } catch {
            throw Failure("\(what), and can't be pulled again: \(error)", isTransient: error.isTransient)
        }
    }

    private func look(_ image: String, _ name: String) async throws(Failure) -> ImageDetails? {
        do throws(DockerError) {
            return try await client.inspectImage(image)
        } catch {
            throw Failure("the image \(name) can't be looked for: \(error)", isTransient: error.isTransient)
        }
    }

    private func fetch(
        _ reference: String,
        _ definition: ServiceDefinition,
        _ progress: @escaping @Sendable (String) -> Void
    ) async throws(Failure) -> ImageDetails {
        let login = try await logins.login(for: reference)
        do throws(DockerError) {
            try await client.pullImage(
                reference,
                auth: login,
                stallLimit: definition.pullProgressDeadline,
                progress: progress
            )
            if let pulled = try await client.inspectImage(reference) { return pulled }
            throw .api(status: 404, message: "the image was pulled, but isn't on this host", call: "inspect")
        } catch {
            throw pullFailure(error, reference, login)
        }
    }

    private func pullFailure(_ error: DockerError, _ image: String, _ login: RegistryAuth?) -> Failure {
        guard case .api(401...403, _, _) = error else {
            let isTransient = error.isTransient && !error.isNotFound
            guard let trouble = PullTrouble(error, of: image) else {
                return Failure("the image \(image) can't be pulled: \(error)", isTransient: isTransient)
            }
            return Failure(
                "the image \(image) can't be pulled: \(trouble.meaning): \(trouble.next) "
                    + "(Docker: \(PullTrouble.evidence(error) ?? "\(error)"))",
                isTransient: isTransient
            )
        }
        let registry = ImageReference(image).registry
        let found =
            login.map { "the login of \($0.username) in \(logins.path) was refused or may not see it" }
            ?? "\(logins.path) has no login for it"
        return Failure(
            "the registry \(registry) doesn't let us pull \(image): \(found). Log in with "
                + "`docker --config \(logins.folder) login \(registry)`, then `smctl retry` (\(error))"
        )
    }

    // MARK: Keeping and giving up

    /// Tags the image with a name of ours, so that it still has a name when the tag that it was pulled by moves.
    private func keep(_ image: ImageID, _ tag: KeptImageTag?) async {
        guard let tag else { return }
        do throws(DockerError) {
            try await client.tagImage(image.rawValue, repository: tag.repository, tag: tag.tag)
        } catch {
            logger.warning(
                "the image \(image) can't be tagged as \(tag); `docker image prune` may remove it",
                [.error: "\(error)"]
            )
        }
    }

    package func removeImages(_ images: [Revision: ImageID], of service: ServiceID) async throws(Failure) {
        for (revision, image) in images.sorted(by: { $0.key.rawValue < $1.key.rawValue }) {
            do throws(DockerError) {
                try await remove(image, KeptImageTag(revision, of: service))
            } catch  where error.isTransient {
                throw Failure(error, "the image \(image) can't be removed")
            } catch {
                logger.info(
                    "the image \(image) of \(revision) is no longer needed, but stays on this host: \(error)",
                    [.service: "\(service)", .revision: "\(revision)"]
                )
            }
        }
    }

    private func remove(_ image: ImageID, _ own: KeptImageTag?) async throws(DockerError) {
        guard let details = try await client.inspectImage(image.rawValue) else { return }
        let mayGo = try await !client.hasContainers(ofImage: details.id)
        let names = details.repoTags + details.repoDigests
        if mayGo, let pulled = image.pulled, names.contains(ImageReference(pulled).familiar) {
            try await client.removeImage(pulled)
        }
        if let own, details.repoTags.contains(own.description) { try await client.removeImage(own.description) }
        // An image whose tag has moved since the pull has no name left, but it still has its digest.
        guard mayGo, image.pulled != nil, let left = try await client.inspectImage(details.id), left.repoTags.isEmpty
        else {
            return
        }
        try await client.removeImage(left.id)
    }
}

extension ImageDetails {
    /// The image's id, and the digest that the registry of this reference has it under.
    fileprivate func imageID(_ reference: String) -> ImageID {
        let name = ImageReference(reference).familiarName
        return ImageID(id, digest: repoDigests.first { $0.hasPrefix("\(name)@") })
    }
}
