/// Columns of text, each as wide as its widest cell, with two spaces between them.
struct Table {
    private var rows: [[String]]

    init(columns: [String]) { rows = [columns] }

    mutating func add(_ cells: [String]) { rows.append(cells) }

    /// The lines; `decorate` is given each padded cell with its row and column (row 0 is the heading).
    func lines(_ decorate: (_ cell: String, _ row: Int, _ column: Int) -> String = { cell, _, _ in cell }) -> [String] {
        let count = rows.map(\.count).max() ?? 0
        let widths = (0..<count).map { column in
            rows.map { $0.indices.contains(column) ? $0[column].count : 0 }.max() ?? 0
        }
        return rows.enumerated().map { number, cells in
            let last = cells.lastIndex { !$0.isEmpty } ?? 0
            return cells.prefix(last + 1).enumerated().map { column, cell in
                let padding = column == last ? 0 : widths[column] - cell.count
                return decorate(cell + String(repeating: " ", count: padding), number, column)
            }.joined(separator: "  ")
        }
    }
}
