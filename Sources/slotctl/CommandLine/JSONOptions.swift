internal import ArgumentParser
internal import Foundation
internal import SwiftProtobuf

/// A whole record as protobuf JSON, for what the flags do not reach.
struct JSONOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "Begin with this record: a file of protobuf JSON as -o json shows it, - for stdin.",
            valueName: "file"))
    var json: String?

    /// The record, or nil when none was given.
    func message<Record: Message>() throws(CommandFailure) -> Record? {
        guard let json else { return nil }
        let bytes = try readInput(json)
        do {
            return try Record(jsonUTF8Data: bytes)
        } catch {
            throw .local("\(json) holds no \(Record.protoMessageName) as protobuf JSON: \(error)")
        }
    }
}
