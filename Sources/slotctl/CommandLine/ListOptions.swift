internal import ArgumentParser
internal import SlotdAPI
internal import SwiftProtobuf

/// How much of a list is shown, and in how many calls it is fetched.
struct ListOptions: ParsableArguments {
    @Option(help: "At most so many. Default: all, but in a table for people the first ones.")
    var limit: Int?
    @Option(
        help: ArgumentHelp(
            "Ask for so many at once, 1 to \(Self.pageSizeMax).", valueName: "count"))
    var pageSize = 500

    /// What the daemon gives at most with one call.
    static let pageSizeMax = 1000

    func validate() throws {
        if let limit, limit < 1 { throw ValidationError("--limit takes 1 or more") }
        if !(1...Self.pageSizeMax).contains(pageSize) {
            throw ValidationError("--page-size takes 1 to \(Self.pageSizeMax)")
        }
    }

    /// The limit for a format. A program gets all; a person, who would have to read it, so many.
    func limit(for format: OutputFormat, inTable: Int) -> Int {
        limit ?? (format.isForPeople ? inTable : .max)
    }
}

extension Session {
    /// Shows a list while its pages come: the first lines are out before the last page is asked
    /// for, and memory holds one page. A table and a JSON object are one whole, and are shown when
    /// all has come.
    ///
    /// - Parameters:
    ///   - inTable: how many a table has at most without `--limit`.
    ///   - naming: the names that records mention.
    /// - Returns: what was collected, for a table or a JSON object.
    @discardableResult
    func list<Request: PagedRequest, Reply: PagedReply>(
        _ options: ListOptions, as view: RecordView<Reply.Element>, inTable: Int = 1000,
        naming: ([Reply.Element]) async throws(CommandFailure) -> Directory = { _ in .empty },
        _ method: Method<Request, Reply>, _ request: Request
    ) async throws(CommandFailure) -> [Reply.Element] where Reply.Element: Message {
        let limit = options.limit(for: output.format, inTable: inTable)
        var collected: [Reply.Element] = []
        let isTruncated: Bool
        if output.format.isStreamed {
            var isFirst = true
            isTruncated = try await api.forEachPage(
                method, request, limit: limit, pageSize: options.pageSize
            ) { records throws(CommandFailure) in
                try output.page(records, as: view, isFirst: isFirst)
                isFirst = false
            }
        } else {
            (collected, isTruncated) = try await api.pages(
                method, request, limit: limit, pageSize: options.pageSize)
            try output.list(collected, as: view, try await naming(collected))
        }
        if isTruncated { output.note("There are more than these \(limit); --limit goes on.") }
        return collected
    }
}
