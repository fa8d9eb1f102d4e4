internal import ArgumentParser
internal import Foundation

/// One run of the program: parses, runs, reports, and knows what to exit with.
enum Invocation {
    /// Runs the command line and returns its exit status. Data has gone to stdout, all else to
    /// stderr.
    static func run(_ arguments: [String]) async -> Int32 {
        do {
            var command = try await Slotctl.asyncParseAsRoot(arguments)
            if var command = command as? any AsyncParsableCommand {
                try await command.run()
            } else {
                try command.run()
            }
            return ExitStatus.success.rawValue
        } catch let failure as CommandFailure {
            report(failure, arguments)
            return failure.exitStatus.rawValue
        } catch {
            return report(error, arguments)
        }
    }

    private static func report(_ failure: CommandFailure, _ arguments: [String]) {
        let report = FailureReport(failure: failure)
        if wantsJSON(arguments) {
            StandardStream.error.write(report.json + "\n")
        } else {
            for line in report.lines(errorPaint(arguments)) {
                StandardStream.error.write(line + "\n")
            }
        }
    }

    /// What the argument parser has to say: help on stdout, complaints on stderr.
    private static func report(_ error: any Error, _ arguments: [String]) -> Int32 {
        let status = Slotctl.exitCode(for: error).rawValue
        let text = Slotctl.fullMessage(for: error)
        if status == ExitStatus.success.rawValue {
            StandardStream.output.write(text + "\n")
        } else if wantsJSON(arguments) {
            report(.usage(Slotctl.message(for: error)), arguments)
        } else {
            StandardStream.error.write(text + "\n")
            if text.contains("Unexpected argument"), let word = Suggestion.command(for: arguments) {
                StandardStream.error.write("Did you mean \(word)?\n")
            }
        }
        return status
    }

    /// Whether errors shall be JSON. The command line may not have been understood, so it is read
    /// here once more, for this alone.
    static func wantsJSON(
        _ arguments: [String],
        environment: [String: String] = ProcessInfo.processInfo.environment
    ) -> Bool {
        var format = environment["SLOTD_OUTPUT"] ?? ""
        for (index, argument) in arguments.enumerated() {
            if argument == "-o" || argument == "--output" {
                format = index + 1 < arguments.count ? arguments[index + 1] : ""
            } else if argument.hasPrefix("--output=") {
                format = String(argument.dropFirst("--output=".count))
            } else if argument == "-ojson" || argument == "-ondjson" {
                format = "json"
            }
        }
        return format == OutputFormat.json.rawValue || format == OutputFormat.ndjson.rawValue
    }

    private static func errorPaint(_ arguments: [String]) -> Paint {
        var color: Bool?
        if arguments.contains("--color") { color = true }
        if arguments.contains("--no-color") { color = false }
        let environment = ProcessInfo.processInfo.environment
        return Terminal.current(color: color, environment: environment).errorPaint
    }
}
