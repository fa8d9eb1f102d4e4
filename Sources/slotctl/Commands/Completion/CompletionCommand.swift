internal import ArgumentParser

/// `slotctl completion`. Needs no daemon.
struct CompletionCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "completion", abstract: "Write the completion script of a shell.",
        discussion: """
            With it Tab completes commands and options, and the names of locations, services, \
            providers and other records, for which it asks the daemon that the line names (or \
            SLOTD_SERVER, or the context), 300 ms long; when that does not answer it stays silent.


            """
                + examples(
                    "slotctl completion bash > \\",
                    "    ~/.local/share/bash-completion/completions/slotctl",
                    "slotctl completion zsh > ~/.zfunc/_slotctl     # a folder of $fpath",
                    "slotctl completion fish > ~/.config/fish/completions/slotctl.fish"))

    @OptionGroup(visibility: .hidden) var global: GlobalOptions
    @Argument(help: "bash, zsh or fish.", completion: .list(["bash", "zsh", "fish"]))
    var shell: String

    func validate() throws {
        guard ["bash", "zsh", "fish"].contains(shell) else {
            throw ValidationError("'\(shell)' is no shell that is known; bash, zsh or fish")
        }
    }

    func run() async throws {
        // `validate` has seen to it that the name is one of theirs.
        guard let shell = CompletionShell(rawValue: shell) else { return }
        StandardStream.output.write(Slotctl.completionScript(for: shell) + "\n")
    }
}
