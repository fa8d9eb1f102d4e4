internal import Foundation
internal import SlotdAPI
internal import SwiftProtobuf
internal import Testing

@testable internal import Services

/// CSV of charges.
struct ChargeRowTests {
    /// A case of the table that slotctl's CSV is held to as well.
    private struct Formula: Decodable {
        let text: String
        let cell: String
    }

    @Test("what a spreadsheet takes for a formula is guarded by the rule that slotctl has")
    func formulas() throws {
        let file = URL(filePath: #filePath).deletingLastPathComponent()
            .appending(path: "../Fixtures/formulas.json")
        let cases = try JSONDecoder().decode([Formula].self, from: Data(contentsOf: file))
        #expect(cases.count > 20)
        for formula in cases { #expect(ChargeRow.guarded(formula.text) == formula.cell) }
    }

    @Test("a cell with a line break stays one cell of one record")
    func quoted() {
        let charge = Slotd_V1_Charge.with {
            $0.code = "=1,\"2\"\r\n3"
            $0.voidReason = "two\nlines\"\u{301}"
        }
        let row = ChargeRow.csv(charge)
        #expect(row.contains(",\"'=1,\"\"2\"\"\r\n3\","))
        #expect(row.hasSuffix(",\"two\nlines\"\"\u{301}\"\r\n"))
    }
}
