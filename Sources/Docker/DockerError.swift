/// Why a call to the Docker Engine failed, with what an operator needs to find the cause.
package enum DockerError: Error, Sendable, Equatable {
    /// Nothing answers on the socket: the engine is down, restarting, or the path or its permissions are wrong.
    case unreachable(socket: String, reason: String)

    /// The engine exceeded the call's limit. It isn't known whether the call took effect.
    case timedOut(call: String, limit: Duration)

    /// The engine answered with a status that isn't a success. `message` is the engine's.
    case api(status: Int, message: String, call: String)

    /// The engine's answer can't be decoded.
    case undecodable(call: String, reason: String)

    /// A stream broke, or contained an error (a pull reports its failures in this way, after a status 200).
    case stream(reason: String)

    /// The engine has only API versions that this client doesn't have.
    case unsupportedVersion(found: String, supported: String)

    /// Another engine answers on the socket, with a part of Docker's API: `Podman 5.4.2`.
    case otherEngine(found: String, socket: String)

    /// The engine is stopped; a connection would start it again.
    case stopped(call: String)

    /// The caller's task was cancelled.
    case cancelled(call: String)
}

extension DockerError {
    /// Whether the same call may succeed later although nothing is changed.
    package var isTransient: Bool {
        switch self {
        case .unreachable, .timedOut, .stream, .stopped, .otherEngine: true
        case .api(let status, _, _): status >= 500 || status == 429 || status == 408
        case .undecodable, .unsupportedVersion, .cancelled: false
        }
    }

    /// Whether no Docker Engine answered, which says nothing about the request.
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

    /// Whether the name is taken, or the object's state doesn't allow the call.
    package var isConflict: Bool {
        status == 409
    }

    /// Whether the engine doesn't have the negotiated version, because it was replaced since.
    ///
    /// The engine checks that before it does anything: `client version 1.47 is too new. Maximum supported API version is 1.41`.
    var isVersionRefused: Bool {
        guard case .api(400, let message, _) = self else { return false }
        return message.hasPrefix("client version ")
    }

    /// The HTTP status; nil if there is none.
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
