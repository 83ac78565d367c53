/// Why a call to the Docker Engine came to nothing, with what an operator needs to find the cause.
package enum DockerError: Error, Sendable, Equatable {
    /// Nothing answers on the socket: the engine is down, restarting, or the path or its permissions are wrong.
    case unreachable(socket: String, reason: String)

    /// The engine took longer than the call's own limit. Whether it did what was asked is unknown.
    case timedOut(call: String, limit: Duration)

    /// The engine answered with a status that is no success. `message` is its own.
    case api(status: Int, message: String, call: String)

    /// The engine answered with something that this client can't read.
    case undecodable(call: String, reason: String)

    /// A stream broke, or carried an error (a pull reports its failures that way, after a status 200).
    case stream(reason: String)

    /// The engine speaks only API versions that this client doesn't.
    case unsupportedVersion(found: String, supported: String)

    /// Another engine answers on the socket, which speaks Docker's API in part: `Podman 5.4.2`.
    case otherEngine(found: String, socket: String)

    /// The engine was stopped; a connect would start it again.
    case stopped(call: String)

    /// The caller's task was cancelled.
    case cancelled(call: String)
}

extension DockerError {
    /// Whether the same call may succeed later without anybody changing anything.
    package var isTransient: Bool {
        switch self {
        case .unreachable, .timedOut, .stream, .stopped, .otherEngine: true
        case .api(let status, _, _): status >= 500 || status == 429 || status == 408
        case .undecodable, .unsupportedVersion, .cancelled: false
        }
    }

    /// Whether there was no Docker Engine to answer: that says nothing of what was asked.
    package var isOutage: Bool {
        switch self {
        case .unreachable, .stopped, .otherEngine: true
        case .timedOut, .api, .undecodable, .stream, .unsupportedVersion, .cancelled: false
        }
    }

    /// Whether the engine says that the container or image doesn't exist.
    package var isNotFound: Bool {
        status == 404
    }

    /// Whether the name is taken or the object is in a state that rules the call out.
    package var isConflict: Bool {
        status == 409
    }

    /// Whether the engine doesn't have the version that was agreed on, because it was replaced by another since.
    ///
    /// It says so before it does anything: `client version 1.47 is too new. Maximum supported API version is 1.41`.
    var isVersionRefused: Bool {
        guard case .api(400, let message, _) = self else { return false }
        return message.hasPrefix("client version ")
    }

    /// The HTTP status, where the engine gave one.
    private var status: Int? {
        guard case .api(let status, _, _) = self else { return nil }
        return status
    }
}

extension DockerError: CustomStringConvertible {
    package var description: String {
        switch self {
        case .unreachable(let socket, let reason):
            "Docker can't be reached on \(socket): \(reason). Check `systemctl status docker` and the socket's permissions."
        case .timedOut(let call, let limit):
            "Docker didn't finish \(call) within \(limit). It may still do it; check `journalctl -u docker`."
        case .api(let status, let message, let call):
            "Docker refused \(call) with status \(status): \(message)"
        case .undecodable(let call, let reason):
            "Docker's answer to \(call) can't be read: \(reason). Check that the socket belongs to a Docker Engine."
        case .stream(let reason):
            "A stream from Docker failed: \(reason)"
        case .unsupportedVersion(let found, let supported):
            "Docker speaks API \(found), but \(supported) is needed. Upgrade the older of the two."
        case .otherEngine(let found, let socket):
            "\(found) answers on \(socket), where the Docker Engine is expected (19.03 or later). Install Docker, and set "
                + "docker_socket in /etc/service-managerd/config.json to its socket, /run/docker.sock."
        case .stopped(let call):
            "Docker is stopped, so \(call) was not tried: `systemctl start docker` starts it."
        case .cancelled(let call):
            "\(call) was cancelled before Docker answered."
        }
    }
}
