import Docker
import FoundationEssentials
import ServiceModel

extension ContainerSpec {
    /// What Docker is asked to create for one instance.
    ///
    /// - Throws: `Failure` when a file that the environment names can't be read.
    init(_ instance: InstanceID, of service: ServiceID, _ document: AcceptedDefinition) throws(Failure) {
        let definition = document.definition
        self.init(image: definition.image)
        command = definition.command
        entrypoint = definition.entrypoint
        environment = try definition.environment.map { (variable) throws(Failure) in
            "\(variable.name)=\(try Self.value(of: variable))"
        }
        labels = definition.labels.merging(
            ContainerLabels.make(instance, of: service, document: document.document)
        ) { _, ours in ours }
        hostname = definition.hostname
        user = definition.user
        for volume in definition.volumes {
            let mode = volume.isReadOnly ? ":ro" : ""
            switch volume.source {
            case .bind(let path): binds.append("\(path):\(volume.target)\(mode)")
            case .named(let name): binds.append("\(name):\(volume.target)\(mode)")
            case .tmpfs: tmpfs[volume.target] = volume.isReadOnly ? "ro" : ""
            }
        }
        network = definition.network
        memory = definition.memory.map(Int64.init)
        nanoCPUs = definition.cpus.map { Int64($0 * 1_000_000_000) }
        pidsLimit = definition.pids.map(Int64.init)
        ulimits = definition.ulimits.map { Ulimit(name: $0.name, soft: Int64($0.soft), hard: Int64($0.hard)) }
        stopSignal = definition.stopSignal
        stopTimeout = Int(definition.stopTimeout.components.seconds)
    }

    private static func value(of variable: EnvironmentVariable) throws(Failure) -> String {
        switch variable.value {
        case .text(let text): return text.revealed
        case .file(let path):
            guard let data = try? Data(contentsOf: URL(filePath: path)) else {
                throw Failure(
                    "environment.\(variable.name): the file \(path) can't be read by service-managerd: "
                        + "check that it exists and that root may read it"
                )
            }
            let text = String(decoding: data, as: UTF8.self)
            return text.hasSuffix("\n") ? String(text.dropLast()) : text
        }
    }
}
