import Glibc

/// Becomes the same program in another network namespace, which is a process's, one of `ip netns`, or one at a path.
///
/// The change is nsenter(1)'s, for Swift's Glibc module lacks setns(2). Returns only when that fails, with the reason.
func reenter(namespace place: String, arguments: [String]) -> String {
    let path =
        if place.contains("/") { place } else if Int(place) != nil { "/proc/\(place)/ns/net" } else {
            "/run/netns/\(place)"
        }
    guard let program = realpath("/proc/self/exe", nil) else { return "/proc/self/exe: \(message(of: errno))" }
    defer { free(program) }
    var rest: [String] = []
    var position = 0
    while position < arguments.count {
        if arguments[position] == "--netns" {
            position += 2
        } else {
            rest.append(arguments[position])
            position += 1
        }
    }
    var pointers = (["nsenter", "--net=\(path)", String(cString: program)] + rest).map { strdup($0) }
    pointers.append(nil)
    execvp("nsenter", pointers)
    let reason = message(of: errno)
    for pointer in pointers { free(pointer) }
    return "nsenter: \(reason)"
}
