internal import Intervals
public import Scheduling

extension Patient.Details {
    /// An invented person. Telephone numbers are of the range kept for fiction, addresses of the
    /// domain kept for examples.
    public static func madeUp(number: Int, _ random: inout SplitMix64) -> Patient.Details {
        let first = firstNames[random.pick(0...firstNames.count - 1)]
        let last = lastNames[random.pick(0...lastNames.count - 1)]
        var details = Patient.Details()
        details.externalRef = "patient-\(number)"
        details.name = "\(first) \(last)"
        details.birthDate = LocalDate(
            year: random.pick(1945...2005), month: random.pick(1...12), day: random.pick(1...28))
        let digits = String(random.pick(100...199))
        details.phone = "+1 555 555 0\(digits)"
        details.email = "\(first.lowercased()).\(last.lowercased()).\(number)@example.com"
        return details
    }

    private static let firstNames = [
        "Abigail", "Amara", "Anton", "Beatrix", "Bruno", "Carmen", "Cedric", "Dahlia", "Dario",
        "Edith", "Elias", "Farah", "Felix", "Greta", "Hugo", "Imani", "Ines", "Jasper", "Joelle",
        "Kenji", "Lavinia", "Linus", "Maren", "Mateo", "Nadia", "Nikhil", "Odette", "Orson",
        "Petra", "Quentin", "Ravi", "Rosalind", "Selma", "Silas", "Tamsin", "Theo", "Uma", "Viola",
        "Wendell", "Xenia", "Yara", "Zeno",
    ]

    private static let lastNames = [
        "Abernathy", "Adeyemi", "Alvarado", "Ashdown", "Bergstrom", "Blackwood", "Bonnet",
        "Castellan", "Chaudhry", "Corrigan", "Dalgaard", "Devereux", "Eastman", "Ekholm",
        "Fairweather", "Ferreira", "Galloway", "Grunwald", "Halloran", "Hathaway", "Ishikawa",
        "Jankowski", "Kessler", "Kowalczyk", "Lafferty", "Lindgren", "Madrigal", "Mbeki",
        "Nakamura", "Northcote", "Oyelaran", "Pemberton", "Quillfeather", "Rasmussen", "Sandoval",
        "Thornbury", "Underhill", "Valente", "Whitlock", "Yamada", "Zielinski",
    ]
}
