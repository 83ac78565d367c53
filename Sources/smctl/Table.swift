/// Columns of text, each as wide as its widest cell, with two spaces between them.
///
/// Where they don't fit, columns are cut and left out, and the last one goes below its row.
struct Table {
    /// What may be done to make a table fit.
    struct Fitting {
        /// Columns whose cells may be cut, down to `shortest`, the first of them first.
        var cutting: [Int] = []
        /// Those of which the end says more than the beginning, such as the name of an image.
        var keepingEnd: Set<Int> = []
        /// Columns that may be left out, the first of them first.
        var droppable: [Int] = []
        /// Columns whose cells are cut when all of that isn't enough.
        var lastResort: [Int] = []
        /// Cells of the last column that aren't worth a line of their own.
        var unremarkable: Set<String> = []
        /// What stands in front of each line.
        var margin = 0
        /// What stands for what was cut off.
        var ellipsis = "…"
    }

    /// A column whose cells are cut keeps so much.
    private static let shortest = 12
    /// The last column is beside the others when it has so much room.
    private static let narrowest = 24

    private var rows: [[String]]

    init(columns: [String]) { rows = [columns] }

    mutating func add(_ cells: [String]) { rows.append(cells) }

    /// The lines of each row; `decorate` is given each padded cell with its row and column (row 0 is the heading).
    ///
    /// - Parameters:
    ///   - width: How many columns of text there are; nil: as many as it takes.
    ///   - fitting: What may be done where that is too few.
    ///   - decorate: Adds what takes no room, such as colour.
    /// - Returns: For each row its first line, and those below it.
    func lines(
        width: Int? = nil,
        fitting: Fitting = Fitting(),
        _ decorate: (_ cell: String, _ row: Int, _ column: Int) -> String = { cell, _, _ in cell }
    ) -> [[String]] {
        let count = rows.map(\.count).max() ?? 0
        var widths = (0..<count).map { column in
            rows.map { $0.indices.contains(column) ? $0[column].count : 0 }.max() ?? 0
        }
        let all = Array(0..<count)
        guard let width, count > 1, total(widths, all) + fitting.margin > width else {
            return rows.enumerated().map { number, cells in
                [line(cells, all, widths, number, decorate)]
            }
        }
        let room = width - fitting.margin
        let shown = fit(&widths, Array(all.dropLast()), room, fitting)
        let taken = total(widths, shown) + 2
        return rows.enumerated().map { number, cells in
            let cut = cells.enumerated().map { column, cell in
                shown.contains(column) ? shorten(cell, to: widths[column], column, fitting) : cell
            }
            let first = line(cut, shown, widths, number, decorate)
            let last = cells.count == count ? cells[count - 1] : ""
            if room - taken >= Self.narrowest { return beside(first, cut, shown, widths, last, taken, room) }
            if number == 0 || last.isEmpty || fitting.unremarkable.contains(last) { return [first] }
            let indent = min((widths.first ?? 0) + 2, 16)
            let margin = String(repeating: " ", count: indent)
            return [first] + Wrapping.lines(last, width: room - indent).map { margin + $0 }
        }
    }

    /// The last column, wrapped in the room that is left of the line.
    private func beside(
        _ first: String,
        _ cells: [String],
        _ shown: [Int],
        _ widths: [Int],
        _ text: String,
        _ taken: Int,
        _ room: Int
    ) -> [String] {
        guard !text.isEmpty else { return [first] }
        let lines = Wrapping.lines(text, width: room - taken)
        // The first line ends with its last cell that isn't empty.
        let used = plain(cells, shown, widths).count
        let gap = String(repeating: " ", count: max(2, taken - used))
        let margin = String(repeating: " ", count: taken)
        return [first + gap + lines[0]] + lines.dropFirst().map { margin + $0 }
    }

    /// Leaves columns out, and cuts others, until the rest fits.
    ///
    /// - Returns: The columns that are left.
    private func fit(_ widths: inout [Int], _ columns: [Int], _ room: Int, _ fitting: Fitting) -> [Int] {
        let natural = widths
        var shown = columns
        for dropped in 0...fitting.droppable.count {
            shown = columns.filter { !fitting.droppable.prefix(dropped).contains($0) }
            widths = natural
            cut(&widths, fitting.cutting, shown, room)
            if total(widths, shown) <= room { return shown }
        }
        cut(&widths, fitting.lastResort, shown, room)
        return shown
    }

    private func cut(_ widths: inout [Int], _ columns: [Int], _ shown: [Int], _ room: Int) {
        for column in columns where shown.contains(column) {
            let excess = total(widths, shown) - room
            widths[column] -= min(max(0, excess), max(0, widths[column] - Self.shortest))
        }
    }

    private func total(_ widths: [Int], _ columns: [Int]) -> Int {
        columns.reduce(0) { $0 + widths[$1] } + 2 * max(0, columns.count - 1)
    }

    private func plain(_ cells: [String], _ columns: [Int], _ widths: [Int]) -> String {
        line(cells, columns, widths, 0) { cell, _, _ in cell }
    }

    private func line(
        _ cells: [String],
        _ columns: [Int],
        _ widths: [Int],
        _ row: Int,
        _ decorate: (_ cell: String, _ row: Int, _ column: Int) -> String
    ) -> String {
        let present = columns.filter { cells.indices.contains($0) }
        let last = present.last { !cells[$0].isEmpty } ?? 0
        return present.filter { $0 <= last }.map { column in
            let padding = column == last ? 0 : widths[column] - cells[column].count
            return decorate(cells[column] + String(repeating: " ", count: max(0, padding)), row, column)
        }.joined(separator: "  ")
    }

    private func shorten(_ cell: String, to width: Int, _ column: Int, _ fitting: Fitting) -> String {
        guard cell.count > width else { return cell }
        let rest = max(0, width - fitting.ellipsis.count)
        return fitting.keepingEnd.contains(column)
            ? fitting.ellipsis + cell.suffix(rest) : cell.prefix(rest) + fitting.ellipsis
    }
}
