import BlockingCalls
import DefinitionDirectory
import ServiceManager

/// The sources of documents.
extension Daemon {
    /// The database of the configuration; nil when it names none.
    var ownDatabase: Databases.Own? {
        configuration.couchDBURL.map { url in
            Databases.Own(
                url: url,
                credentialsFile: configuration.couchDBCredentialsFile,
                certificateAuthorityFile: configuration.couchDBCAFile
            )
        }
    }

    func makeDatabases(_ parts: DaemonParts) -> Databases {
        Databases(group: parts.group, known: parts.store.services, own: ownDatabase, inbox: parts.inbox, logger: logger)
    }

    var directoryOrigin: DefinitionOrigin? {
        configuration.servicesDirectory.isEmpty ? nil : .directory(configuration.servicesDirectory)
    }

    func addDirectory(
        to tasks: inout DiscardingTaskGroup,
        _ parts: DaemonParts
    ) {
        guard let origin = directoryOrigin else { return }
        let directory = DefinitionDirectory(
            path: configuration.servicesDirectory,
            stateDirectory: configuration.stateDirectory,
            eventLoopGroup: parts.group
        )
        tasks.addTask(executorPreference: BlockingPool.supervision) {
            await directory.run { event in
                for event in DefinitionSources.events(event) { parts.inbox.send(.source(event, origin)) }
            }
        }
    }
}
