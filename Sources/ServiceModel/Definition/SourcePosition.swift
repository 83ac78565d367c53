/// A place in a document's text.
package struct SourcePosition: Hashable, Sendable {
    /// Counted from 1.
    package var line: Int

    /// In Unicode scalars, as editors count, from 1.
    package var column: Int

    /// Makes a position.
    ///
    /// - Parameters:
    ///   - line: Counted from 1.
    ///   - column: Counted from 1.
    package init(line: Int, column: Int) {
        self.line = line
        self.column = column
    }
}

extension SourcePosition: Comparable {
    /// Orders as the text is read.
    package static func < (left: Self, right: Self) -> Bool { (left.line, left.column) < (right.line, right.column) }
}

extension SourcePosition: CustomStringConvertible {
    /// As compilers print it: `7:3`.
    package var description: String { "\(line):\(column)" }
}
