/// One variable of a container's environment.
package struct EnvironmentVariable: Hashable, Sendable {
    /// Where the value is.
    package enum Value: Hashable, Sendable {
        /// In the document.
        case text(Redacted<String>)
        /// In this file on the host, without its last line feed. An absolute path.
        case file(String)
        /// In this systemd credential of service-managerd's own unit, without its last line feed (systemd.exec(5),
        /// `LoadCredential=`). A file's name.
        case credential(String)

        /// Whether it must be read from a file.
        package var isElsewhere: Bool {
            switch self {
            case .text: false
            case .file, .credential: true
            }
        }
    }

    /// Its name: not empty, no `=`, no NUL.
    package var name: String

    /// Where its value is.
    package var value: Value

    /// Makes a variable.
    ///
    /// - Parameters:
    ///   - name: Its name.
    ///   - value: Where its value is.
    package init(name: String, value: Value) {
        self.name = name
        self.value = value
    }
}
