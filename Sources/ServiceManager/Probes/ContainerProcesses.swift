import FoundationEssentials
package import ServiceModel
import Systemd

#if canImport(Glibc)
import Glibc
#endif

/// The processes of this host's containers, as the kernel lists them in a container's control group (cgroups(7)).
///
/// A process id from Docker counts only when the kernel lists it in the container's group: a Docker in another process
/// namespace has other ids.
package struct ContainerProcesses: Sendable {
    private let root: String

    /// - Parameter root: Where the control groups are mounted.
    package init(root: String = "/sys/fs/cgroup") {
        self.root = root
    }

    /// The result of an attempt to end processes.
    package enum Outcome: Equatable, Sendable {
        /// All were killed.
        case ended
        /// No process was found, or the container's control group isn't at Docker's default place.
        case notFound
        /// The kernel's error number, `EPERM` above all.
        case refused(Int32)
    }

    /// Kills the processes of a session in a container: a command that Docker has started there, and what it started.
    ///
    /// runc makes each such command the leader of a session (setsid(2)). The session's id is the leader's process id.
    ///
    /// - Parameters:
    ///   - session: The leader's process id, in this host's namespace.
    ///   - container: The container.
    /// - Returns: The result; a process that has just been killed may take a moment to end.
    package func endSession(_ session: Int32, in container: ContainerID) -> Outcome {
        guard let group = group(of: container) else { return .notFound }
        // A process may start another between the listing and the signal.
        for round in 0..<8 {
            let members = processes(in: group).filter { getsid($0) == session }
            if members.isEmpty { return round == 0 ? .notFound : .ended }
            for member in members {
                // The descriptor pins the process. Its session is checked after that, so the id can't have gone to another
                // process.
                guard let process = ProcessDescriptor(member), getsid(member) == session else { continue }
                let error = process.send(SIGKILL)
                guard error == 0 || error == ESRCH else { return .refused(error) }
            }
        }
        return .ended
    }

    /// The folder of a container's control group, where Docker's two drivers (systemd and `cgroupfs`) create it, in the unified
    /// hierarchy or in one of the older ones.
    private func group(of container: ContainerID) -> String? {
        let name = container.rawValue
        guard !name.isEmpty, name.utf8.allSatisfy(Self.isHexadecimal) else { return nil }
        let hierarchies = [root] + ["pids", "memory", "systemd", "unified"].map { "\(root)/\($0)" }
        return hierarchies.lazy
            .flatMap { ["\($0)/system.slice/docker-\(name).scope", "\($0)/docker/\(name)"] }
            .first { access("\($0)/cgroup.procs", R_OK) == 0 }
    }

    private func processes(in group: String) -> [Int32] {
        guard let data = try? Data(contentsOf: URL(filePath: "\(group)/cgroup.procs")) else { return [] }
        // 0 stands for a process in another namespace.
        return String(decoding: data, as: UTF8.self).split(separator: "\n").compactMap { Int32($0) }.filter { $0 > 0 }
    }

    private static func isHexadecimal(_ byte: UInt8) -> Bool {
        (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) || (UInt8(ascii: "a")...UInt8(ascii: "f")).contains(byte)
    }
}
