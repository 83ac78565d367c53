/// How one transcript is replayed: what the recorder did without recording it, and what isn't replayed.
struct TranscriptScenario: Sendable, CustomStringConvertible {
    let name: String
    /// `METHOD /path body`, sent before the first exchange.
    var setup: [String] = []
    /// The same, before the exchange of that number; or for a feed, once it is open (`during`).
    var before: [Int: [String]] = [:]
    var during: [Int: [String]] = [:]
    /// How many times faster than the clock the stand-in's heartbeats and timeouts run.
    var speed = 20
    /// Exchanges that aren't replayed, each with its reason.
    var skipped: [Int: String] = [:]

    var description: String { name }
}

extension TranscriptScenario {
    private static let cookies = "no cookies: we send Basic credentials"
    private static let attachments = "no attachments: services have none"
    private static let functions = "no JavaScript functions: services have none"
    private static let digests = "recorded as digests of its chunks; CouchDBSourceTests has a large document in a feed"
    private static let shardOrder = "depends on the order of rows across shards"

    /// Every transcript that is replayed. Not replayed at all:
    /// - `17-local-docs`: we have no checkpoints, so the stand-in has no `_local` documents.
    /// - `19-burst`: timing and buffering of one machine; CouchDBSourceTests sends a burst.
    /// - `22-http`: pipelining, HTTP/1.0 and raw sockets, which our client doesn't use.
    static let all: [TranscriptScenario] = [
        TranscriptScenario(
            name: "01-server",
            setup: ["PUT /_replicator", "PUT /_users", "PUT /lab_doc"],
            skipped: [
                8: "no _uuids: we choose ids ourselves", 9: "no maintenance mode", 10: "no maintenance mode",
            ]
        ),
        TranscriptScenario(
            name: "02-db",
            skipped: [6: "the server makes the id", 7: "closes the connection, which is compared nowhere"]
        ),
        TranscriptScenario(
            name: "03-doc",
            setup: ["PUT /lab_doc"],
            skipped: [
                22: "no local_seq", 23: "meta=true is revs_info and more", 24: "no open_revs",
                42: "has the attachments before it", 43: attachments, 44: attachments, 45: "no batch mode",
            ]
        ),
        TranscriptScenario(
            name: "04-etag",
            setup: ["PUT /lab_etag"],
            before: [11: ["PUT /lab_etag/a {\"_rev\":\"1-7a7e4b29f3af401e69b6f86e4c26b727\",\"v\":2}"]],
            skipped: [13: "ETags of listings: we don't use them"]
        ),
        TranscriptScenario(
            name: "05-all-docs",
            setup: ["PUT /lab_all"],
            before: [
                2: [
                    "PUT /lab_all/a {\"i\":0}", "PUT /lab_all/b {\"i\":1}", "PUT /lab_all/B {\"i\":2}",
                    "PUT /lab_all/c {\"i\":3}", "PUT /lab_all/_design/d {\"i\":4}", "PUT /lab_all/%C3%A9 {\"i\":5}",
                    "DELETE /lab_all/b?rev=REV",
                ]
            ],
            skipped: [10: "no _bulk_get"]
        ),
        TranscriptScenario(
            name: "06-changes-normal",
            setup: ["PUT /lab_chg"],
            before: [
                2: [
                    "PUT /lab_chg/d0 {\"v\":0}", "PUT /lab_chg/d1 {\"v\":1}", "PUT /lab_chg/d2 {\"v\":2}",
                    "PUT /lab_chg/d0 {\"_rev\":\"REV\",\"v\":10}", "DELETE /lab_chg/d1?rev=REV",
                ]
            ],
            skipped: [
                7: shardOrder, 9: shardOrder, 10: "an error of the real one: limit=0 still counts everything",
                11: shardOrder, 13: shardOrder, 22: "has a stack hash", 23: "has a stack hash", 27: shardOrder,
            ]
        ),
        TranscriptScenario(
            name: "07-changes-longpoll",
            setup: ["PUT /lab_lp", "PUT /lab_lp/a {\"v\":1}"],
            during: [
                2: ["PUT /lab_lp/b {\"v\":1}"], 3: ["PUT /lab_lp/c {\"v\":1}"], 5: ["PUT /lab_lp/d {\"v\":1}"],
                7: ["DELETE /lab_lp"],
            ]
        ),
        TranscriptScenario(
            name: "08-changes-continuous",
            setup: ["PUT /lab_ct", "PUT /lab_ct/a {\"v\":1}", "PUT /lab_ct/b {\"v\":1}"],
            during: [
                1: [
                    "PUT /lab_ct/c {\"v\":1}", "PUT /lab_ct/a {\"_rev\":\"REV\",\"v\":2}", "DELETE /lab_ct/b?rev=REV",
                    "PUT /lab_ct/_design/x {\"language\":\"javascript\"}",
                ],
                2: ["PUT /lab_ct/d {\"v\":1}", "PUT /lab_ct/d {\"_rev\":\"REV\",\"v\":2}", "DELETE /lab_ct/d?rev=REV"],
                3: ["PUT /lab_ct/e {\"v\":0}"] + (1...5).map { "PUT /lab_ct/e {\"_rev\":\"REV\",\"v\":\($0)}" },
                5: ["PUT /lab_ct/f {\"v\":1}"],
            ],
            skipped: [6: shardOrder, 9: shardOrder, 11: "no eventsource"]
        ),
        TranscriptScenario(
            name: "09-changes-filter",
            setup: [
                "PUT /lab_f", "PUT /lab_f/a {\"v\":1,\"kind\":\"x\"}", "PUT /lab_f/b {\"v\":1,\"kind\":\"y\"}",
                "PUT /lab_f/c {\"v\":1,\"kind\":\"x\"}",
            ],
            during: [
                3: [
                    "PUT /lab_f/b {\"_rev\":\"REV\",\"v\":2,\"kind\":\"y\"}",
                    "PUT /lab_f/a {\"_rev\":\"REV\",\"v\":2}", "DELETE /lab_f/a?rev=REV",
                ]
            ],
            skipped: [4: "no _selector", 9: shardOrder]
        ),
        TranscriptScenario(
            name: "10-conflict",
            setup: ["PUT /lab_cf", "PUT /lab_cf/w {\"v\":\"base\"}"],
            during: [
                9: [
                    branch("0", "from 0"), branch("c", "from C"),
                    "DELETE /lab_cf/w?rev=2-cccccccccccccccccccccccccccccccc",
                ]
            ],
            skipped: [8: "no open_revs", 14: "the server makes an id"]
        ),
        TranscriptScenario(
            name: "11-compact",
            setup: [
                "PUT /lab_cmp", "PUT /lab_cmp/gone {\"v\":1}", "DELETE /lab_cmp/gone?rev=REV",
                "PUT /lab_cmp/a {\"v\":1}",
                "PUT /lab_cmp/a {\"_rev\":\"REV\",\"v\":2}", "PUT /lab_cmp/a {\"_rev\":\"REV\",\"v\":3}",
            ]
        ),
        TranscriptScenario(
            name: "12-design-docs",
            setup: ["PUT /lab_dd"],
            before: [4: ["PUT /lab_dd/a {\"v\":1}"]],
            skipped: [
                5: "no _design_docs", 7: functions, 8: functions, 9: functions, 11: functions,
            ]
        ),
        TranscriptScenario(
            name: "13-ids-and-bad-requests",
            setup: ["PUT /lab_ids"],
            skipped: [
                4: attachments, 5: attachments, 13: "our client can't send it", 17: "recorded shortened",
                18: "our client can't send it", 24: "has the attachments before it",
                25: "has the attachments before it",
                32: "not UTF-8", 48: "the recording shows the chunks joined", 49: "no gzip",
            ]
        ),
        TranscriptScenario(
            name: "14-auth",
            setup: ["PUT /lab_auth", "PUT /lab_auth/a {\"v\":1}"],
            before: [
                38: ["PUT /lab_auth/_security {}"], 43: ["REQUIRE USER"],
                40: ["PUT /lab_auth/_security {\"members\":{\"names\":[\"lab_reader\"]}}"],
                41: ["PUT /lab_auth/_security {\"members\":{\"names\":[\"lab_reader\"]}}"],
            ],
            during: [
                40: [
                    "PUT /lab_auth/c {\"v\":1}", "PUT /lab_auth/_security {\"members\":{\"names\":[\"lab_outsider\"]}}",
                    "PUT /lab_auth/d {\"v\":1}",
                ],
                41: ["FORGET lab_reader", "PUT /lab_auth/e {\"v\":1}"],
            ],
            skipped: [3: "no web interface to send people to"].merging(
                (15...28).map { ($0, cookies) } + [(37, cookies)]
            ) { first, _ in first }
        ),
        TranscriptScenario(
            name: "15-server-stop-in-feed",
            setup: ["PUT /lab_sd", "PUT /lab_sd/a {\"v\":1}"],
            before: [4: ["RESTART"], 6: ["PUT /lab_sd/b {\"v\":1}"], 8: ["RESTART"]]
        ),
        TranscriptScenario(
            name: "16-db-deleted-in-feed",
            setup: ["PUT /lab_del", "PUT /lab_del/a {\"v\":1}", "PUT /lab_del/b {\"v\":1}"],
            before: [
                4: ["PUT /lab_del"], 6: (0...3).map { "PUT /lab_del/n\($0) {\"v\":\($0)}" },
                8: ["DELETE /lab_del", "PUT /lab_del", "PUT /lab_del/x {\"v\":1}"],
                9: ["PUT /lab_other", "PUT /lab_other/z {\"v\":1}"],
            ],
            during: [2: ["DELETE /lab_del"], 8: ["DELETE /lab_del"]],
            skipped: [7: "breaks its own framing; CouchDBFaultTests sends the same bytes"]
        ),
        TranscriptScenario(
            name: "18-big-doc",
            setup: ["PUT /lab_big", "PUT /lab_big2"],
            skipped: [
                3: "our client doesn't ask before it sends", 4: digests, 5: digests,
                7: "nearly 8 MB, which takes a build for debugging too long",
                8: "our client writes documents one by one",
            ]
        ),
        TranscriptScenario(
            name: "20-deterministic-revs",
            setup: ["PUT /lab_ra", "PUT /lab_rb"],
            skipped: [15: attachments]
        ),
        TranscriptScenario(
            name: "21-seq-strings",
            setup: ["q1", "q2", "q8"].flatMap { database in
                ["PUT /lab_\(database)"] + (0...4).map { "PUT /lab_\(database)/d\($0) {\"v\":\($0)}" }
            }
        ),
        TranscriptScenario(name: "23-default-timeouts", setup: ["PUT /lab_to"], speed: 600),
    ]

    private static func branch(_ digit: String, _ name: String) -> String {
        let hash = String(repeating: digit, count: 32)
        return """
            POST /lab_cf/_bulk_docs {"docs":[{"_id":"w","_rev":"2-\(hash)","_revisions":{"start":2,\
            "ids":["\(hash)","71642d0bbdc48ddc11d1a2f3fe1d02ce"]},"v":"\(name)"}],"new_edits":false}
            """
    }
}
