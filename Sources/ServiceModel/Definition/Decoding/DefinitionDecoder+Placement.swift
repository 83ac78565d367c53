extension DefinitionDecoder {
    /// Decodes where the service runs, and what it is ordered after.
    mutating func decodePlacement(_ object: DocumentObject, into definition: inout ServiceDefinition) {
        read(.wants, in: object, into: &definition.wants) { $0.units($1) }
        read(.after, in: object, into: &definition.after) { $0.units($1) }
        read(.hosts, in: object, into: &definition.hosts) { decoder, field in
            let expected = "a host's name, or a pattern such as \"web*\""
            return decoder.texts(field, each: expected) { decoder, element in
                decoder.text(element, expected: expected) { text in
                    (1...253).contains(text.utf8.count)
                        && text.utf8.allSatisfy {
                            Names.isWord($0) || $0 == UInt8(ascii: "*") || $0 == UInt8(ascii: "?")
                        }
                }
            }
        }
        read(.enabled, in: object, into: &definition.enabled) { $0.bool($1) }
    }

    /// A unit's name, or a list of them; each gets its suffix.
    private mutating func units(_ field: DocumentField) -> [String]? {
        let expected = "a unit's name, such as \"another-service@manager\""
        return texts(field, each: expected) { decoder, element in
            guard let name = element.text.flatMap(Names.unit) else {
                decoder.reject(element, expected: expected)
                return nil
            }
            return name
        }
    }
}
