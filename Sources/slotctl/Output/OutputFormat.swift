internal import ArgumentParser

/// How data is written to stdout.
enum OutputFormat: String, CaseIterable, ExpressibleByArgument, Sendable {
    /// For people: aligned columns with a heading. What a terminal gets.
    case table
    /// For pipes: tab-separated, without a heading. What everything else gets.
    case tsv
    /// One JSON value, indented.
    case json
    /// One JSON object a line.
    case ndjson
    /// RFC 4180, with a heading.
    case csv

    /// People's form: names, local times and colors.
    var isForPeople: Bool { self == .table }
    /// Written line by line, so that what comes later changes nothing of what stands.
    var isStreamed: Bool { self != .table && self != .json }
}
