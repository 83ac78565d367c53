/// A definition file.
package struct DirectoryDocument: Sendable, Hashable {
    /// The file's name without `.json`.
    package let id: String
    /// `N-<32 hexadecimal digits>`: the number of different contents so far, and the MD5 of this one.
    package let revision: String
    /// The file's bytes; not necessarily JSON.
    package let body: [UInt8]
}

/// What ``DefinitionDirectory`` reports, in order.
package enum DirectoryEvent: Sendable, Hashable {
    /// All definitions that could be read. It comes at the start, when the directory comes back, and every 5 min.
    ///
    /// A definition that isn't listed was deleted only if ``deleted(id:)`` says so.
    case listed([DirectoryDocument])
    /// A file was created, or its content has changed.
    case changed(DirectoryDocument)
    /// A file was deleted from a directory that can be read, perhaps while no daemon ran.
    case deleted(id: String)
    /// A file exists, but can't be used; what was known about it remains valid.
    case unusable(id: String, DirectoryFileProblem)
    /// The directory can't be read; nothing is known to have changed.
    case unavailable(DirectoryProblem)
    /// The record of revisions can't be read or written; definitions are reported all the same.
    case stateTrouble(StateFileError)
}

/// Why a file can't be used.
package enum DirectoryFileProblem: Error, Sendable, Hashable, CustomStringConvertible {
    /// It has more than 8 MiB.
    case tooLarge(bytes: Int)
    /// Its symbolic links form a loop.
    case linkLoop
    /// It is a symbolic link without a target.
    case danglingLink
    /// It is a folder, a socket or a device.
    case notAFile
    /// Any other error number of the kernel.
    case unreadable(errno: Int32)

    /// Whether reading the file again may succeed although no person acts.
    package var isTransient: Bool {
        switch self {
        case .unreadable: true
        case .tooLarge, .linkLoop, .danglingLink, .notAFile: false
        }
    }

    package var description: String {
        switch self {
        case .tooLarge(let bytes): "it has \(bytes) bytes, expected \(FileReader.maximumSize) at most"
        case .linkLoop: "its symbolic links form a loop; point them at a file"
        case .danglingLink: "it is a symbolic link to a file that doesn't exist; delete the link to delete the service"
        case .notAFile: "it isn't a regular file"
        case .unreadable(let number): "it can't be read: \(errorText(number))"
        }
    }
}

/// Why the directory can't be read.
package enum DirectoryProblem: Error, Sendable, Hashable, CustomStringConvertible {
    /// There is nothing at the path.
    case missing
    /// There is something else at the path.
    case notADirectory
    /// Another directory is at the path now, or the directory was moved or unmounted.
    case replaced
    /// It is another directory than before, and has no definition at all, like a mount point without its mount.
    case emptyAfterReplacement(known: Int)
    /// Any other error number of the kernel, from the named system call.
    case failed(call: String, errno: Int32)

    /// Always true: the source tries again by itself.
    package var isTransient: Bool { true }

    package var description: String {
        switch self {
        case .missing: "the directory doesn't exist"
        case .notADirectory: "it isn't a directory"
        case .replaced: "the directory was moved, removed or replaced"
        case .emptyAfterReplacement(let known):
            "it is another directory than before and empty, while \(known) definitions are known; mount what is missing,"
                + " or put a definition into it to confirm"
        case .failed(let call, let number): "\(call): \(errorText(number))"
        }
    }
}
