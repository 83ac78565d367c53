/// A value of a document, and where it is.
struct DocumentField {
    let path: DocumentPath
    let value: JSONValue

    var position: SourcePosition { value.position }

    /// The elements when it is a list; nil when it isn't.
    var elements: [DocumentField]? {
        guard case .array(let values) = value.content else { return nil }
        return values.enumerated().map { DocumentField(path: .element($0.offset, of: path), value: $0.element) }
    }

    /// The members when it is an object; nil when it isn't.
    var object: DocumentObject? {
        guard case .object(let members) = value.content else { return nil }
        return DocumentObject(path: path, position: position, members: members)
    }

    /// The text when it is one; nil when it isn't.
    var text: String? {
        guard case .string(let text) = value.content else { return nil }
        return text
    }
}

/// An object of a document, and where it is.
struct DocumentObject {
    let path: DocumentPath
    let position: SourcePosition
    let members: [JSONMember]

    /// The field of a key, the last one when there are several; nil when there is none.
    subscript(key: String) -> DocumentField? {
        members.last { $0.key == key }.map { DocumentField(path: self.path(of: key), value: $0.value) }
    }

    /// Where a member is.
    func path(of key: String) -> DocumentPath { .member(key, of: path) }
}
