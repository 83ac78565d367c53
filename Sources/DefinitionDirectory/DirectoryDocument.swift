/// A definition file as it was read.
package struct DirectoryDocument: Sendable, Hashable {
    /// The file's name without `.json`.
    package let id: String
    /// `N-<32 hexadecimal digits>`: how many contents the service has had, and the MD5 of this one.
    package let revision: String
    /// The file's bytes; not necessarily JSON.
    package let body: [UInt8]
}

/// What ``DefinitionDirectory`` reports, in order.
package enum DirectoryEvent: Sendable, Hashable {
    /// All definitions that could be read: at the start, when the directory comes back, and every five minutes.
    ///
    /// A definition that isn't among them is only gone if ``deleted(id:)`` says so.
    case listed([DirectoryDocument])
    /// A file appeared or has other bytes.
    case changed(DirectoryDocument)
    /// A file disappeared from a directory that can be read, perhaps while no one was watching.
    case deleted(id: String)
    /// A file is there and can't be used; whatever was known of it still holds.
    case unusable(id: String, DirectoryFileProblem)
    /// The directory can't be seen; nothing is known to have changed.
    case unavailable(DirectoryProblem)
    /// The record of revisions has trouble; definitions are reported all the same.
    case stateTrouble(StateFileError)
}

/// Why a file can't be used.
package enum DirectoryFileProblem: Error, Sendable, Hashable, CustomStringConvertible {
    /// More than 8 MiB.
    case tooLarge(bytes: Int)
    /// Symbolic links that lead in a circle.
    case linkLoop
    /// A symbolic link that leads nowhere.
    case danglingLink
    /// A folder, a socket, a device.
    case notAFile
    /// Any other error number of the kernel.
    case unreadable(errno: Int32)

    /// Whether reading the file again may work without anyone doing anything.
    package var isTransient: Bool {
        switch self {
        case .unreadable: true
        case .tooLarge, .linkLoop, .danglingLink, .notAFile: false
        }
    }

    package var description: String {
        switch self {
        case .tooLarge(let bytes): "it has \(bytes) bytes, expected \(FileReader.maximumSize) at most"
        case .linkLoop: "its symbolic links lead in a circle; point them at a file"
        case .danglingLink: "it is a symbolic link to a file that isn't there; delete the link to delete the service"
        case .notAFile: "it is no regular file"
        case .unreadable(let number): "it can't be read: \(errorText(number))"
        }
    }
}

/// Why the directory can't be seen.
package enum DirectoryProblem: Error, Sendable, Hashable, CustomStringConvertible {
    /// There is nothing at the path.
    case missing
    /// There is something else at the path.
    case notADirectory
    /// Another directory stands at the path now, or it was moved or unmounted.
    case replaced
    /// It is another directory than before and holds no definition at all, as a mount point without its mount does.
    case emptyAfterReplacement(known: Int)
    /// Any other error number of the kernel, from the named system call.
    case failed(call: String, errno: Int32)

    /// The source tries again by itself.
    package var isTransient: Bool { true }

    package var description: String {
        switch self {
        case .missing: "the directory doesn't exist"
        case .notADirectory: "it is no directory"
        case .replaced: "the directory was moved, removed or replaced"
        case .emptyAfterReplacement(let known):
            "it is another directory than before and empty, while \(known) definitions are known; is something not mounted?"
                + " Put a definition into it to confirm"
        case .failed(let call, let number): "\(call): \(errorText(number))"
        }
    }
}
