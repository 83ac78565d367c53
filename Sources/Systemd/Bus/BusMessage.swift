import CSystemd

/// A message of the bus, which is read from its beginning to its end (sd_bus_message_read_basic(3)).
struct BusMessage: ~Copyable {
    let pointer: OpaquePointer

    /// Takes over a reference.
    init(owning pointer: OpaquePointer) {
        self.pointer = pointer
    }

    deinit { sd_bus_message_unref(pointer) }

    func append(_ text: String) throws(BusFormatError) {
        try check(text.withCString { sd_bus_message_append_basic(pointer, type("s"), $0) })
    }

    /// Appends an array of strings.
    func append(_ texts: [String]) throws(BusFormatError) {
        try check(sd_bus_message_open_container(pointer, type("a"), "s"))
        for text in texts { try append(text) }
        try check(sd_bus_message_close_container(pointer))
    }

    /// A string, an object path ("o") or a signature ("g").
    func string(_ kind: Unicode.Scalar = "s") throws(BusFormatError) -> String {
        var text: UnsafePointer<CChar>?
        try check(
            withUnsafeMutablePointer(to: &text) { sd_bus_message_read_basic(pointer, type(kind), $0) },
            present: true
        )
        guard let text else { throw BusFormatError() }
        return String(cString: text)
    }

    func uint32() throws(BusFormatError) -> UInt32 { try number("u", 0) }

    func int32() throws(BusFormatError) -> Int32 { try number("i", 0) }

    func uint64() throws(BusFormatError) -> UInt64 { try number("t", 0) }

    /// The bus's booleans take 32 bits.
    func bool() throws(BusFormatError) -> Bool { try number("b", CInt(0)) != 0 }

    /// An array of strings.
    func strings() throws(BusFormatError) -> [String] {
        var texts: [String] = []
        try each("s") { () throws(BusFormatError) in texts.append(try string()) }
        return texts
    }

    /// Calls the body for each element of an array.
    func each(_ contents: String, _ body: () throws(BusFormatError) -> Void) throws(BusFormatError) {
        try check(sd_bus_message_enter_container(pointer, type("a"), contents), present: true)
        while sd_bus_message_at_end(pointer, 0) == 0 { try body() }
        try check(sd_bus_message_exit_container(pointer))
    }

    /// Reads what is inside a structure ("r"), a dictionary's entry ("e") or a variant ("v").
    func inside<Result>(
        _ kind: Unicode.Scalar,
        _ contents: String,
        _ body: () throws(BusFormatError) -> Result
    ) throws(BusFormatError) -> Result {
        try enter(kind, contents)
        let result = try body()
        try exit()
        return result
    }

    func enter(_ kind: Unicode.Scalar, _ contents: String) throws(BusFormatError) {
        try check(sd_bus_message_enter_container(pointer, type(kind), contents), present: true)
    }

    func exit() throws(BusFormatError) { try check(sd_bus_message_exit_container(pointer)) }

    /// A string in a variant.
    func variant() throws(BusFormatError) -> String {
        try enter("v", "s")
        let text = try string()
        try exit()
        return text
    }

    /// Skips one value.
    func skip(_ contents: String) throws(BusFormatError) {
        try check(sd_bus_message_skip(pointer, contents), present: true)
    }

    private func number<Number>(_ kind: Unicode.Scalar, _ zero: Number) throws(BusFormatError) -> Number {
        var number = zero
        try check(
            withUnsafeMutablePointer(to: &number) { sd_bus_message_read_basic(pointer, type(kind), $0) },
            present: true
        )
        return number
    }

    private func type(_ kind: Unicode.Scalar) -> CChar { CChar(truncatingIfNeeded: kind.value) }

    /// Checks a result; with `present`, 0 is an error, too, because the message has ended instead.
    private func check(_ result: CInt, present: Bool = false) throws(BusFormatError) {
        guard result > 0 || (result == 0 && !present) else { throw BusFormatError() }
    }
}

/// A message doesn't have the expected form.
struct BusFormatError: Error {}
