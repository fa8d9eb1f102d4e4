internal import ArgumentParser
internal import Foundation

/// One run of the program: parses, runs, reports, and knows what to exit with.
enum Invocation {
    /// Runs the command line and returns its exit status. Data has gone to stdout, all else to
    /// stderr.
    static func run(_ arguments: [String]) async -> Int32 {
        if isVersionAsJSON(arguments) {
            StandardStream.output.write(BuildInformation.json + "\n")
            return ExitStatus.success.rawValue
        }
        if arguments.first == "---completion" { return await complete(arguments) }
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

    /// What a shell asks for when Tab is pressed. On a thread of its own, since it waits for the
    /// daemon, and the pool that would bring the answer may have only one thread.
    private static func complete(_ arguments: [String]) async -> Int32 {
        await withCheckedContinuation { continuation in
            Thread.detachNewThread {
                var status = ExitStatus.success.rawValue
                do {
                    _ = try Slotctl.parseAsRoot(arguments)
                } catch {
                    status = report(error, arguments)
                }
                continuation.resume(returning: status)
            }
        }
    }

    private static func report(_ failure: CommandFailure, _ arguments: [String]) {
        let report = FailureReport(failure: failure)
        if wantsJSON(arguments) {
            StandardStream.error.write(report.json + "\n")
        } else {
            let terminal = errorTerminal(arguments)
            for line in report.lines(terminal.errorPaint) {
                StandardStream.error.write(terminal.shown(line) + "\n")
            }
        }
    }

    /// What the argument parser has to say: help on stdout, complaints on stderr.
    private static func report(_ error: any Error, _ arguments: [String]) -> Int32 {
        let status = Slotctl.exitCode(for: error).rawValue
        let text = errorTerminal(arguments).shown(Slotctl.fullMessage(for: error))
        if status == ExitStatus.success.rawValue {
            StandardStream.output.write(text + "\n")
        } else if wantsJSON(arguments) {
            report(.usage(Slotctl.message(for: error)), arguments)
        } else {
            StandardStream.error.write(text + "\n")
            if text.contains("nexpected argument"), let word = Suggestion.command(for: arguments) {
                StandardStream.error.write("Did you mean \(word)?\n")
            }
        }
        return status
    }

    /// Whether errors shall be JSON: as data would be, by the command line, the environment and the
    /// context. The command line may not have been understood, so it is read here once more, for
    /// this alone.
    static func wantsJSON(
        _ arguments: [String],
        environment: [String: String] = ProcessInfo.processInfo.environment
    ) -> Bool {
        let format =
            value(of: ["-o", "--output"], in: arguments) ?? given("SLOTD_OUTPUT", environment)
            ?? contextOutput(arguments, environment)
        return format == OutputFormat.json.rawValue || format == OutputFormat.ndjson.rawValue
    }

    /// The format that the context asks for. One that cannot be read asks for none.
    private static func contextOutput(
        _ arguments: [String], _ environment: [String: String]
    ) -> String? {
        let path = ContextFile.path(environment: environment)
        guard let file = try? ContextFile.read(path) else { return nil }
        let name =
            value(of: ["--context"], in: arguments) ?? given("SLOTD_CONTEXT", environment)
            ?? file.current
        return name.flatMap { file.contexts[$0]?.output }
    }

    /// The value that an option has last, in any of the forms that the parser takes.
    private static func value(of names: [String], in arguments: [String]) -> String? {
        var value: String?
        for (index, argument) in arguments.enumerated() {
            for name in names {
                if argument == name {
                    value = index + 1 < arguments.count ? arguments[index + 1] : ""
                } else if argument.hasPrefix(name + "=") {
                    value = String(argument.dropFirst(name.count + 1))
                } else if !name.hasPrefix("--"), !argument.hasPrefix("--"),
                    argument.hasPrefix(name)
                {
                    value = String(argument.dropFirst(name.count))
                }
            }
        }
        return value
    }

    private static func given(_ name: String, _ environment: [String: String]) -> String? {
        environment[name].flatMap { $0.isEmpty ? nil : $0 }
    }

    /// `--version -o json`, in either order and with any spelling of the format.
    private static func isVersionAsJSON(_ arguments: [String]) -> Bool {
        arguments.contains("--version") && arguments.count <= 3 && wantsJSON(arguments)
            && arguments.allSatisfy { $0.hasPrefix("-") || ["json", "ndjson"].contains($0) }
    }

    private static func errorTerminal(_ arguments: [String]) -> Terminal {
        let wish = value(of: ["--color"], in: arguments).flatMap { ColorWish(rawValue: $0) }
        return Terminal.current(
            color: wish?.isWanted, environment: ProcessInfo.processInfo.environment)
    }
}
