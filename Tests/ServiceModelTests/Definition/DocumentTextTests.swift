import ServiceModel
import Testing

/// Documents as people read them.
@Suite struct DocumentTextTests {
    private let document =
        #"{"_id":"web","image":"nginx","port":80,"command":["a","b c"],"environment":{"A":"x\"\\\n\u0007ä","N":1.50},"hosts":[],"canary":{},"volumes":[{"a":[1,2]}],"enabled":true,"user":null}"#

    @Test func `a member stands on a line of its own, in the order of the document`() {
        #expect(
            DocumentText.pretty(document.utf8) == #"""
                {
                  "_id": "web",
                  "image": "nginx",
                  "port": 80,
                  "command": ["a", "b c"],
                  "environment": {
                    "A": "x\"\\\n\u0007ä",
                    "N": 1.50
                  },
                  "hosts": [],
                  "canary": {},
                  "volumes": [
                    {
                      "a": [1, 2]
                    }
                  ],
                  "enabled": true,
                  "user": null
                }
                """#
        )
    }

    @Test func `what is written is read as the same document`() throws {
        let text = try #require(DocumentText.pretty(document.utf8))
        #expect(DocumentText.pretty(text.utf8) == text)
        let valid = #"{"image":"nginx","port":80,"environment":{"A":"x\"\\\n\u0007ä"}}"#
        let definition = try #require(ServiceDefinition.decode(valid.utf8).definition)
        let pretty = try #require(DocumentText.pretty(valid.utf8))
        #expect(ServiceDefinition.decode(pretty.utf8).definition == definition)
        #expect(DocumentText.pretty("{".utf8) == nil)
    }

    @Test func `YAML has texts without quotes only where they can't be anything else`() {
        let json =
            #"{"a":"text","b":"yes","c":"1","d":"a: b","e":"","f":[],"g":{"h":[{"i":1,"j":null},"k"]},"l":"/x/y.z","m":true}"#
        #expect(
            YAMLText.text(of: json.utf8) == """
                a: text
                b: "yes"
                c: "1"
                d: "a: b"
                e: ""
                f: []
                g:
                  h:
                    - i: 1
                      j: null
                    - k
                l: /x/y.z
                m: true
                """
        )
        #expect(YAMLText.text(of: "{".utf8) == nil)
    }
}
