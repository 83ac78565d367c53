import BlockingCalls
import FoundationEssentials
import SystemPackage

#if canImport(Glibc)
import Glibc
#endif

/// The small files in which the daemon keeps its state.
enum StateFiles {
    static func read(_ path: FilePath) -> [UInt8]? {
        guard let data = try? Data(contentsOf: URL(filePath: path.string)) else { return nil }
        return [UInt8](data)
    }

    /// Replaces a file.
    ///
    /// - Parameters:
    ///   - bytes: The new content.
    ///   - path: The file; its folder is created if missing.
    ///   - isDurable: Whether the file is on the disk when this returns; otherwise the kernel writes it in its own time.
    /// - Throws: The error of the system call; the file is unchanged then.
    static func write(_ bytes: [UInt8], to path: FilePath, isDurable: Bool = true) throws(Errno) {
        let folder = path.removingLastComponent()
        do {
            try FileManager.default.createDirectory(atPath: folder.string, withIntermediateDirectories: true)
        } catch {
            throw Errno(rawValue: errno)
        }
        do {
            try WholeFile.replace(path.string, with: bytes, permissions: 0o600, isDurable: isDurable)
        } catch {
            throw Errno(rawValue: error.errno)
        }
    }

    /// Renames a file that can't be used; returns its new path.
    static func moveAside(_ path: FilePath) -> FilePath {
        let aside = FilePath(path.string + ".bad")
        _ = rename(path.string, aside.string)
        return aside
    }

    static func names(in directory: FilePath) -> [String] {
        (try? FileManager.default.contentsOfDirectory(atPath: directory.string))?.sorted() ?? []
    }

    /// Deletes the files of a folder, except for the newest and those that are still needed.
    static func prune(_ folder: FilePath, keeping count: Int, sparing needed: Set<String>) {
        let files = names(in: folder).filter { !needed.contains($0) }.map { folder.appending($0) }
        let dated = files.map { ($0, modified($0)) }.sorted { $0.1 > $1.1 }
        for (file, _) in dated.dropFirst(count) { _ = unlink(file.string) }
    }

    private static func modified(_ path: FilePath) -> Date {
        let attributes = try? FileManager.default.attributesOfItem(atPath: path.string)
        return attributes?[.modificationDate] as? Date ?? .distantPast
    }
}
