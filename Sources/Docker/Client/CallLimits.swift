/// How long each kind of call may take, from the connect to the last byte of the body.
package struct CallLimits: Sendable {
    /// `GET /version`, inspections, lists and signals.
    package var query: Duration = .seconds(10)

    /// `POST /containers/create`.
    package var create: Duration = .seconds(30)

    /// `POST /containers/ID/start`.
    package var start: Duration = .seconds(60)

    /// How much longer `POST /containers/ID/stop` may take than the container's own time to stop.
    package var stopMargin: Duration = .seconds(10)

    /// `DELETE /containers/ID`, which also kills and unmounts.
    package var remove: Duration = .seconds(60)

    /// `GET /containers/ID/logs`.
    package var logs: Duration = .seconds(10)

    package init() {}
}
