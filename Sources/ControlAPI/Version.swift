/// The version of all programs and packages: the Makefile reads it from here.
package enum Version {
    package static let current = "1.0.0~dev"
}
