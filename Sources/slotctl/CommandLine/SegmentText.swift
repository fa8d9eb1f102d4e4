internal import SlotdAPI

/// One service of a visit as the command line has it: `SERVICE[:MINUTES][@PROVIDER[,PROVIDER]...]`.
struct SegmentText: Equatable {
    var service: String
    /// 0: the service's first.
    var duration: Int32 = 0
    /// None: anybody.
    var providers: [String] = []

    init(_ text: String) throws(CommandFailure) {
        var rest = text[...]
        if let at = rest.lastIndex(of: "@") {
            providers = rest[rest.index(after: at)...].split(separator: ",").map(String.init)
            guard !providers.isEmpty else {
                throw .usage("“\(text)” names no provider after the @")
            }
            rest = rest[..<at]
        }
        // The colon of `ref:12` is no minutes'.
        if let colon = rest.lastIndex(of: ":"), rest[..<colon] != "ref" {
            let minutes = rest[rest.index(after: colon)...]
            if !minutes.isEmpty, minutes.allSatisfy(\.isNumber) {
                guard let duration = Int32(minutes), duration > 0 else {
                    throw .usage("“\(text)” takes 1 minute or more")
                }
                self.duration = duration
                rest = rest[..<colon]
            }
        }
        guard !rest.isEmpty else { throw .usage("“\(text)” names no service") }
        service = String(rest)
    }
}

extension Session {
    /// The segments of a visit, with names looked up.
    func segments(
        _ texts: [String]
    ) async throws(CommandFailure) -> [Slotd_V1_SegmentRequest] {
        var segments: [Slotd_V1_SegmentRequest] = []
        for text in texts {
            let parsed = try SegmentText(text)
            var segment = Slotd_V1_SegmentRequest()
            segment.serviceID = try await serviceID(parsed.service)
            segment.durationMinutes = parsed.duration
            for name in parsed.providers {
                segment.providerIds.append(try await providerID(name))
            }
            segments.append(segment)
        }
        return segments
    }
}
