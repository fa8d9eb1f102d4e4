internal import ArgumentParser
internal import SlotdAPI

/// `slotctl export csv`.
struct ExportCSV: SessionCommand {
    static let configuration = CommandConfiguration(
        commandName: "csv", abstract: "Export bookings, patients or procedures to a spreadsheet.",
        discussion: """
            CSV as RFC 4180 has it, with the columns that `slotctl import csv KIND --columns` \
            lists. Times of bookings are their location's, with its offset; those of procedures \
            UTC. A text that a spreadsheet would take for a formula has an apostrophe in front, \
            which `slotctl import csv` takes away again: imported into an empty organization with \
            the same catalog, the same file comes out.

            Records are named by external_ref, or by id where they have none. Deposits, rooms, \
            buffers, reasons of stages, payloads of steps and charges are not part of it.


            """
                + examples(
                    "slotctl export csv patients > patients.csv",
                    "slotctl export csv bookings --location Midtown --from today \\",
                    "    --file visits.csv",
                    "slotctl export csv procedures --from 2026-01-01 --to 2027-01-01"))

    @OptionGroup(visibility: .hidden) var global: GlobalOptions
    @OptionGroup var options: ExportOptions

    func run(_ session: Session) async throws(CommandFailure) {
        var zones = SheetZones()
        if options.kind == .bookings { zones.byLocation = try await session.zonesByLocation() }
        switch options.kind {
        case .bookings: try await export(session, BookingSheet.self, zones)
        case .patients: try await export(session, PatientSheet.self, zones)
        case .procedures: try await export(session, ProcedureSheet.self, zones)
        }
    }

    private func export<Sheet: RecordSheet>(
        _ session: Session, _: Sheet.Type, _ zones: SheetZones
    ) async throws(CommandFailure) {
        try await options.export(session, heading: Sheet.heading) { request in
            request.record.flatMap(Sheet.unwrap).map { Sheet.line($0, zones) }
        }
    }
}
