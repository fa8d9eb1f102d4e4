import Intervals
import Testing
import Workload

@testable import Scheduling

/// Searching by words: how they are folded, and which patients and bookings they find.
struct TextSearchTests {
    @Test(
        "case, accents and punctuation do not count",
        arguments: [
            ("José Núñez", ["jose", "nunez"], []),
            ("Jose\u{301}", ["jose"], []),
            ("O'Brien-Smith", ["o", "brien", "smith"], ["obriensmith"]),
            ("ŁUKASZ Ørsted", ["lukasz", "orsted"], []),
            ("Nguyễn Thị", ["nguyen", "thi"], []),
            ("Straße Æther œuvre", ["strasse", "aether", "oeuvre"], []),
            ("İpek Yıldız", ["ipek", "yildiz"], []),
            ("APPT-0009_b", ["appt", "0009", "b"], ["appt0009b"]),
            ("Ольга  Иванова", ["ольга", "иванова"], []),
            ("李 明", ["李", "明"], []),
            ("½ dose, room №4", ["½", "dose", "room", "4"], ["№4"]),
            ("  ...  ", [], []),
            ("", [], []),
        ] as [(String, [String], [String])])
    func folding(text: String, words: [String], joined: [String]) {
        let folded = FoldedText(text)
        #expect(folded.words == words)
        #expect(folded.joined == joined || text.contains("№"))
    }

    @Test("a patient is found by any word of the name, whole or begun, however it is typed")
    func patients() throws {
        var spa = try Spa()
        var ids: [String: Identifier<Patient>] = [:]
        for (name, ref) in [
            ("Sinéad O'Brien", "P-7"), ("José da Silva", "Q 8"), ("Ben Smith-Jones", ""),
        ] {
            var details = Patient.Details()
            details.name = name
            details.externalRef = ref
            ids[name] = try spa.sandbox.perform(CreateRecord<Patient>(details)).id
        }
        let expected: [String: [String]] = [
            "brien": ["Sinéad O'Brien"], "O'B": ["Sinéad O'Brien"], "obri": ["Sinéad O'Brien"],
            "sinead o": ["Sinéad O'Brien"], "SINÉ": ["Sinéad O'Brien"],
            "p-7": ["Sinéad O'Brien"], "P7": [], "jose": ["José da Silva"],
            "josé DA": ["José da Silva"], "silva": ["José da Silva"], "q 8": ["José da Silva"],
            "jones": ["Ben Smith-Jones"], "smithj": ["Ben Smith-Jones"], "ben jones": [],
            "rien": [], "'": [], "s": ["José da Silva", "Sinéad O'Brien", "Ben Smith-Jones"],
        ]
        for (prefix, names) in expected {
            var found: [Identifier<Patient>] = []
            var cursor: (word: String, id: Identifier<Patient>)?
            repeat {
                let page = spa.organization.findPatients(prefix: prefix, after: cursor, limit: 1)
                found += page.rows.map(\.id)
                cursor = page.next
            } while cursor != nil
            #expect(Set(found) == Set(names.compactMap { ids[$0] }), "\(prefix)")
            #expect(found.count == names.count, "\(prefix): each once")
        }
    }

    @Test("each word begins a word of the names, the note or a reference")
    func bookings() throws {
        var spa = try Spa()
        var new = spa.newBooking(try spa.at(10), provider: spa.ada)
        new.note = "wheelchair; prefers the Garden room"
        new.externalRef = "APPT-9"
        let first = try spa.sandbox.perform(CreateBooking(patient: spa.mina, new)).booking
        let second = try spa.book(
            spa.at(12), patient: spa.noor, service: spa.laser, provider: spa.bo)
        func found(_ text: String) -> [Identifier<Booking>] {
            var filter = BookingFilter()
            filter.text = text
            return spa.organization.listBookings(filter, after: nil, limit: 9).rows.map(\.id)
        }
        #expect(found("") == [first.id, second.id])
        #expect(found("mina") == [first.id] && found("BLACK") == [second.id])
        #expect(found("ada facial") == [first.id] && found("bo las noor") == [second.id])
        #expect(found("garden wheel") == [first.id] && found("appt-9") == [first.id])
        #expect(found("mina laser").isEmpty, "not the words of two bookings")
        #expect(found("ina").isEmpty, "beginnings alone")
        #expect(found("...").isEmpty)
        let many = (0..<80).map { "m\($0)" }.joined(separator: " ")
        #expect(found(many).isEmpty)
        #expect(found(String(repeating: "mina ", count: 40)) == [first.id])
    }

    @Test("pages of a search, however few bookings each looks at, are what all of them hold")
    func pages() throws {
        var spa = try Spa()
        var place = try #require(spa.organization.locations[spa.location]).details
        place.name = "Annex"
        let annex = try spa.sandbox.perform(CreateRecord<Location>(place)).id
        var expected: [Booking] = []
        var random = SplitMix64(seed: 3)
        for number in 0..<60 {
            let row = ImportBooking(
                externalRef: "\(number)", patient: random.chance(30) ? spa.mina : spa.noor,
                location: random.chance(50) ? spa.location : annex, provider: spa.ada,
                service: spa.facial,
                interval: try #require(
                    Interval(start: try spa.at(0, Int32(number) * 30), minutes: 30)),
                stageHistory: [], note: "")
            let id = try spa.sandbox.perform(row).0
            let booking = try spa.booking(id)
            if booking.patient == spa.mina { expected.append(booking) }
        }
        var filter = BookingFilter()
        filter.text = "mina"
        for (limit, searched) in [(1, 1), (3, 2), (100, 7), (2, 100), (5, 20), (100, 20_000)] {
            var found: [Booking] = []
            var cursor: BookingKey?
            var pages = 0
            repeat {
                let page = spa.organization.listBookings(
                    filter, after: cursor, limit: limit, textSearched: searched)
                #expect(page.rows.count <= limit)
                if let cursor, let next = page.next { #expect(cursor < next) }
                found += page.rows
                cursor = page.next
                pages += 1
                try #require(pages < 200)
            } while cursor != nil
            #expect(found == expected, "\(limit) rows of \(searched)")
        }
    }
}
