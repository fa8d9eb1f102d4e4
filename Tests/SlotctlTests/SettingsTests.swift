internal import Foundation
internal import RPC
internal import Testing

@testable internal import slotctl

struct SettingsTests {
    private let file = ContextFile(
        current: "clinic",
        contexts: [
            "clinic": Context(
                server: "unix:/run/slotd.sock", organization: "aurora", timeout: "2m",
                output: "csv", location: "Downtown")
        ])

    @Test("flags go before the environment, that before the context, that before the defaults")
    func precedence() throws {
        var settings = try Settings(flags: .init(), environment: [:], file: ContextFile())
        #expect(settings.server == .host("127.0.0.1", port: 50061))
        #expect(settings.timeout == .seconds(10))
        #expect(settings.output == nil)
        settings = try Settings(flags: .init(), environment: [:], file: file)
        #expect(settings.server == .unix(path: "/run/slotd.sock"))
        #expect(settings.organization == "aurora")
        #expect(settings.timeout == .seconds(120))
        #expect(settings.output == .csv)
        #expect(settings.location == "Downtown")
        let environment = ["SLOTD_SERVER": "[::1]:7", "SLOTD_ORG": "b", "USER": "ada"]
        settings = try Settings(flags: .init(), environment: environment, file: file)
        #expect(settings.server == .host("::1", port: 7))
        #expect(settings.organization == "b")
        #expect(settings.actor == "ada")
        settings = try Settings(
            flags: .init(server: "h:1", organization: "c"), environment: environment, file: file)
        #expect(settings.server == .host("h", port: 1))
        #expect(settings.organization == "c")
    }

    @Test("what cannot be a setting is exit 64")
    func refusals() {
        for flags in [
            Settings.Flags(server: "nowhere"), .init(server: "h:0"), .init(server: "h:65536"),
            .init(server: "unix:"), .init(server: "::1:5"), .init(timeout: "soon"),
            .init(timeout: "0"), .init(timeout: "0s"), .init(timeout: "00ms"),
            .init(timeout: "-1s"), .init(timeout: "-5"), .init(timeout: ""),
            .init(context: "nobody"), .init(actor: String(repeating: "a", count: 65)),
            .init(organization: "Zürich"), .init(organization: "a\nb"),
            .init(organization: " aurora"), .init(actor: "Zoë"), .init(actor: "ada "),
        ] {
            #expect { try Settings(flags: flags, environment: [:], file: file) } throws: { error in
                (error as? CommandFailure)?.exitStatus == .usage
            }
        }
    }

    @Test("the file keeps what it was given, for its owner alone")
    func roundTrip() throws {
        let folder = FileManager.default.temporaryDirectory
            .appendingPathComponent("slotctl-\(UUID().uuidString)").path
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let path = ContextFile.path(environment: ["XDG_CONFIG_HOME": folder, "HOME": "/nowhere"])
        #expect(path == folder + "/slotctl/config.yaml")
        #expect(try ContextFile.read(path) == ContextFile())
        try file.write(path)
        #expect(try ContextFile.read(path) == file)
        let attributes = try FileManager.default.attributesOfItem(atPath: path)
        #expect((attributes[.posixPermissions] as? Int) == 0o600)
    }

    @Test("a misspelt setting is an error, not silence")
    func unknownKeys() {
        for text in [
            "contexts: {a: {sever: x}}", "curent: a", "contexts: [1]", "current: a\n  b: [",
        ] {
            #expect(throws: CommandFailure.self) {
                try ContextFile.parse(text, path: "config.yaml")
            }
        }
        #expect(
            ContextFile.path(environment: ["HOME": "/h", "XDG_CONFIG_HOME": "rel"])
                == "/h/.config/slotctl/config.yaml")
    }

    @Test("context set reads SETTING=VALUE, and an empty value takes it away")
    func setting() throws {
        var context = Context()
        try ContextSet.apply("server=unix:/a=b", to: &context)
        #expect(context.server == "unix:/a=b")
        try ContextSet.apply("server=", to: &context)
        #expect(context.server == nil)
        #expect(throws: CommandFailure.self) { try ContextSet.apply("port=1", to: &context) }
        #expect(throws: CommandFailure.self) { try ContextSet.apply("server", to: &context) }
    }
}
