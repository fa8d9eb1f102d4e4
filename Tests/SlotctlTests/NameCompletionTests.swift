internal import RPC
internal import SlotdAPI
internal import SwiftProtobuf
internal import Testing

@testable internal import slotctl

struct NameCompletionTests {
    @Test("the shell is offered the daemon's names in order, but none that could break its line")
    func names() async throws {
        let daemon = FakeDaemon()
        daemon.on(Methods.CatalogService.listLocations) { _ in
            .with {
                $0.locations = ["River North", "Madison Avenue", "a\nb", ""].map { name in
                    .with { $0.name = name }
                }
            }
        }
        let completion = NameCompletion(session: try daemon.session(), typed: "")
        #expect(await completion.names(.location) == ["Madison Avenue", "River North"])
    }

    @Test("patients are asked for by the word that was typed")
    func patients() async throws {
        let daemon = FakeDaemon()
        daemon.on(Methods.PatientService.listPatients) { request in
            .with { $0.patients = request.prefix == "Ada" ? [.with { $0.name = "Ada King" }] : [] }
        }
        let completion = NameCompletion(session: try daemon.session(), typed: "Ada K")
        #expect(await completion.names(.patient) == ["Ada King"])
    }

    @Test("a daemon that refuses, or is not there, offers nothing")
    func silence() async throws {
        let completion = NameCompletion(session: try FakeDaemon().session(), typed: "")
        #expect(await completion.names(.service).isEmpty)
        let words = ["slotctl", "--server", "unix:/nowhere/s.sock", "board", "--location", ""]
        let nobody = try #require(NameCompletion(words: words, typed: "", environment: [:]))
        #expect(nobody.session.settings.server == .unix(path: "/nowhere/s.sock"))
        #expect(nobody.session.settings.timeout == .milliseconds(300))
        #expect(await nobody.names(.location).isEmpty)
        #expect(NameCompletion(words: ["--server", "x"], typed: "", environment: [:]) == nil)
    }

    @Test("words reach the daemon without the shell's quotes")
    func quotes() {
        #expect(NameCompletion.unquoted("\"Madison Av") == "Madison Av")
        #expect(NameCompletion.unquoted("Madison\\ Av") == "Madison Av")
        #expect(NameCompletion.value(of: "--org", in: ["slotctl", "--org='a b'"]) == "a b")
        #expect(NameCompletion.value(of: "--org", in: ["slotctl", "--org"]) == nil)
    }
}
