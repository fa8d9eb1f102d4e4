internal import SlotdAPI

/// What became of the records of an import.
struct ImportTally: Equatable, Sendable {
    struct Counts: Equatable, Sendable {
        var created = 0
        var updated = 0
        var unchanged = 0
        var refused = 0

        /// What is there now.
        var taken: Int { created + updated + unchanged }
    }

    private(set) var counts: [ImportKind: Counts] = [:]
    /// Refused records by reason, the mapping's refusals included.
    private(set) var reasons: [String: Int] = [:]
    /// Taken bookings whose source has them cancelled.
    private(set) var cancelledCount = 0
    /// Refused records that were, or might have been, told one by one.
    var toldCount = 0

    subscript(kind: ImportKind) -> Counts { counts[kind] ?? Counts() }

    /// Nothing was written.
    var isUnchanged: Bool { counts.values.allSatisfy { $0.created == 0 && $0.updated == 0 } }

    /// Records that were not taken.
    var refusedCount: Int { counts.values.reduce(0) { $0 + $1.refused } }

    mutating func count(_ item: ImportItem, _ answer: Slotd_V1_ImportResponse) {
        switch answer.outcome {
        case .created: counts[item.kind, default: Counts()].created += 1
        case .updated: counts[item.kind, default: Counts()].updated += 1
        case .unchanged: counts[item.kind, default: Counts()].unchanged += 1
        case .refused, .unspecified, .UNRECOGNIZED:
            counts[item.kind, default: Counts()].refused += 1
            reasons[answer.reason.word, default: 0] += 1
            return
        }
        if case .booking(let booking) = item.record,
            booking.stageHistory.last?.stage == .cancelled
        {
            cancelledCount += 1
        }
    }

    /// Counts what the mapping refused before anything was sent.
    mutating func add(_ refusals: [ImportRefusal]) {
        for refusal in refusals {
            counts[refusal.kind, default: Counts()].refused += 1
            reasons[refusal.reason, default: 0] += 1
        }
    }
}

extension Output {
    /// The table of an import: a row for each kind of record.
    func show(_ tally: ImportTally, of kinds: [ImportKind]) {
        let names = ["kind", "created", "updated", "unchanged", "refused"]
        counts(
            names,
            kinds.map { kind in
                let counts = tally[kind]
                return [
                    kind.plural, "\(counts.created)", "\(counts.updated)",
                    "\(counts.unchanged)", "\(counts.refused)",
                ]
            })
    }

    /// What a mapping found, without having sent anything.
    func show(
        mapped: [ImportKind: Int], refused: [ImportKind: Int],
        of kinds: [ImportKind] = ImportKind.ofFHIR
    ) {
        counts(
            ["kind", "mapped", "refused"],
            kinds.map { kind in
                [kind.plural, "\(mapped[kind] ?? 0)", "\(refused[kind] ?? 0)"]
            })
    }

    private func counts(_ names: [String], _ values: [[String]]) {
        let table = TextTable(
            columns: names.map { .init(title: $0, isNumber: $0 != "kind") },
            rows: values.map { row in
                zip(names, row).map { name, value in
                    Cell(
                        value,
                        value == "0" ? .dim : name == "refused" ? .warning : .plain)
                }
            })
        let json = values.map { row in
            JSONText.object(
                zip(names, row).map { ($0, $0 == "kind" ? JSONText.quoted($1) : $1) })
        }
        rows(table, names: names, values: values, json: json, key: "kinds")
    }
}
