internal import Intervals
internal import SlotdAPI

/// One card of a board for people: when, who, what, with whom, how long in this stage, and what
/// calls for attention.
struct CardText {
    /// Whether something about the card has just changed.
    enum News: Equatable, Sendable {
        case none
        /// In the last seconds: stands out.
        case fresh
        /// A little while ago: only marked.
        case recent
    }

    let card: Slotd_V1_BoardCard
    let now: Moment
    /// It has been in its stage for longer than it should.
    var isAlert = false
    /// False: no character outside ASCII for bars and dots.
    var isUTF8 = true
    var news = News.none

    private var booking: Slotd_V1_Booking { card.booking }

    /// The card's lines. A compact card tells service and provider in one line.
    func lines(width: Int, paint: Paint, isCompact: Bool = false) -> [ScreenLine] {
        let room = width - 2
        let shown = facts(room, isCompact).filter { !$0.text.isEmpty }
        return shown.enumerated().map { index, fact in
            var line = lead(isFirst: index == 0, paint)
            let text = clipped(plainText(fact.text), to: room)
            if index == 0, news == .fresh {
                line.add(padded(text, to: room), .inverse, paint)
            } else {
                line.add(text, fact.tone, paint)
            }
            return line
        }
    }

    /// The card in one line of a list, at least 76 columns wide.
    func row(width: Int, paint: Paint) -> ScreenLine {
        let timesWidth = 11
        let waitWidth = 8
        var line = lead(isFirst: true, paint)
        line.add(
            padded(times, to: timesWidth), news == .fresh ? .inverse : isAlert ? .bad : .strong,
            paint)
        line.add(
            padded(wait, to: waitWidth, trailing: true) + "  ", isAlert ? .bad : .plain, paint)
        let rest = width - line.width - tail.count - 6
        let cells: [(text: String, width: Int, tone: Tone)] = [
            (card.patientName, rest * 28 / 100, .plain),
            (work(rest * 46 / 100), rest * 46 / 100, .dim),
            (marks, rest - rest * 28 / 100 - rest * 46 / 100, .accent),
        ]
        for cell in cells {
            let start = line.width
            line.add(clipped(plainText(cell.text), to: cell.width), cell.tone, paint)
            line.pad(to: start + cell.width + 2)
        }
        line.add(tail, .dim, paint)
        return line
    }

    // MARK: Parts

    private func lead(isFirst: Bool, _ paint: Paint) -> ScreenLine {
        var line = ScreenLine(isUTF8 ? "▌" : "|", booking.stage.tone, paint)
        if isFirst, news != .none {
            line.add(isUTF8 ? "»" : ">", .strong, paint)
        } else {
            line.add(" ", .plain, paint)
        }
        return line
    }

    private func facts(_ room: Int, _ isCompact: Bool) -> [(text: String, tone: Tone)] {
        let head = (head(room), isAlert ? Tone.bad : .strong)
        let patient = plainText(card.patientName)
        guard isCompact else {
            return [
                head, (patient, .plain), (service, .plain), (marks, .accent),
                (spread(plainText(card.providerName), tail, room), .dim),
            ]
        }
        // Where it is narrow the name is worth more than the id.
        let who = room < 24 ? patient : spread(patient, tail, room)
        return [head, (who, .plain), (work(room), .dim), (marks, .accent)]
    }

    /// The times and the wait. Where both have no room, the end of the visit gives way: that a card
    /// calls for attention must be read also where there is no color.
    private func head(_ room: Int) -> String {
        guard !wait.isEmpty else { return times }
        let start = booking.reading(Moment(booking.start)).clock
        let close = wait.replacing("! ", with: "!")
        for (left, right) in [(times, wait), (times, close), (start, wait)]
        where displayWidth(left + right) < room {
            return spread(left, right, room)
        }
        return isAlert ? "! " + start : times
    }

    /// Service and provider in one line, each cut only as far as the other needs the room.
    private func work(_ room: Int) -> String {
        let (what, whom) = (plainText(service), plainText(card.providerName))
        guard !what.isEmpty, !whom.isEmpty else { return what + whom }
        let dot = isUTF8 ? " · " : ", "
        let both = room - displayWidth(dot)
        guard both >= 8 else { return what }
        let whomWidth = min(displayWidth(whom), max(both / 2, both - displayWidth(what)))
        return clipped(what, to: both - whomWidth) + dot + clipped(whom, to: whomWidth)
    }

    /// As in `09:00–09:30`.
    private var times: String {
        let first = booking.reading(Moment(booking.start))
        let last = booking.reading(Moment(booking.end))
        return first.clock + (isUTF8 ? "–" : "-") + last.clock
    }

    /// What is done; a card names the first of several services.
    private var service: String {
        let more = booking.segments.count - 1
        return more > 0 ? "\(card.serviceName) +\(more)" : card.serviceName
    }

    private var marks: String {
        var marks: [String] = []
        if card.procedureStatus != .unspecified {
            let word = card.procedureStatus.word.replacing("-", with: " ")
            marks.append("\(isUTF8 ? "●" : "*") \(word)")
        }
        if booking.walkIn { marks.append("walk-in") }
        if card.paymentPending { marks.append("payment pending") }
        return marks.joined(separator: ", ")
    }

    /// The end of the id, by which other commands know the booking.
    private var tail: String { (isUTF8 ? "…" : "") + booking.id.suffix(5) }

    /// How long a patient who is here has been in this stage, and anybody who calls for attention.
    /// Color alone would not reach everybody.
    private var wait: String {
        let isHere = [.checkIn, .inProcedure, .billing].contains(booking.stage)
        guard isHere || isAlert, let minutes = card.minutesInStage(at: now) else {
            return isAlert ? "!" : ""
        }
        let hours = minutes / 60
        let length =
            minutes < 90
            ? "\(minutes)m"
            : hours < 24 ? "\(hours)h\(twoDigits(Int(minutes % 60)))" : "\(hours / 24)d"
        return isAlert ? "! " + length : length
    }

    /// Two texts at the two ends of a width; the first is cut where it would reach the second.
    private func spread(_ left: String, _ right: String, _ width: Int) -> String {
        guard !right.isEmpty else { return left }
        let room = width - displayWidth(right)
        guard room > 1 else { return left }
        return padded(clipped(left, to: room - 1), to: room) + right
    }
}

extension Slotd_V1_BoardCard {
    /// Whole minutes that it has been in its stage; nil when that is not known.
    func minutesInStage(at now: Moment) -> Int64? {
        guard hasInStageSince else { return nil }
        let minutes = (now.seconds - Moment(inStageSince).seconds) / 60
        return minutes >= 0 ? minutes : nil
    }
}
