import Testing
@Suite struct A { @Test func a() { #expect(1 == 1) } }
