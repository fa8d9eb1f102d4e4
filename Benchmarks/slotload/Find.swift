internal import ArgumentParser
internal import Foundation
internal import RPC
internal import SlotdAPI
internal import SwiftProtobuf

/// Repeats a search that `prepare` wrote and compares each answer with the first, byte by byte.
struct Find: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Repeat a search that prepare wrote; compare every answer with the first.")

    @OptionGroup var options: ServerOptions
    @OptionGroup var pace: PaceOptions

    @Option(help: "A file that prepare wrote.")
    var request: String

    func run() async throws {
        let message = [UInt8](try Data(contentsOf: URL(fileURLWithPath: request)).dropFirst(5))
        let path = Methods.AvailabilityService.findSlots.path
        let client = try Client.of(options.server)
        let answer = try await client.unary(path, message: message).message
        await client.close()
        let found = try Slotd_V1_FindSlotsResponse(serializedBytes: answer)
        guard !found.slots.isEmpty else { throw LoadFailure(reason: "the search finds no slot") }
        let run = LoadRun(
            Question(path: path, request: { _ in message }, isRight: { $1 == answer }), pace: pace)
        let report = try await run.run(server: options.server)
        try printJSON(report)
        if !report.errors.isEmpty { throw ExitCode.failure }
    }
}
