internal import Foundation
internal import Yams

/// The configuration file, `~/.config/slotctl/config.yaml`: named contexts and which one is in use.
/// It is written with mode 0600 and replaced whole, so that a crash leaves the old one.
struct ContextFile: Equatable, Codable, Sendable {
    /// The context in use; nil: none.
    var current: String?
    var contexts: [String: Context] = [:]

    /// Where the file lies: `SLOTCTL_CONFIG`, else under `XDG_CONFIG_HOME`, else under the home.
    static func path(environment: [String: String]) -> String {
        if let path = environment["SLOTCTL_CONFIG"], !path.isEmpty { return path }
        // The XDG specification: a relative path must be ignored.
        if let base = environment["XDG_CONFIG_HOME"], base.hasPrefix("/") {
            return base + "/slotctl/config.yaml"
        }
        return (environment["HOME"] ?? "") + "/.config/slotctl/config.yaml"
    }

    /// Reads the file; one that does not exist is empty. Unknown keys are errors, since a misspelt
    /// setting would otherwise be ignored in silence.
    static func read(_ path: String) throws(CommandFailure) -> ContextFile {
        guard let bytes = FileManager.default.contents(atPath: path) else {
            if FileManager.default.fileExists(atPath: path) {
                throw .local("\(path) cannot be read")
            }
            return ContextFile()
        }
        return try parse(String(decoding: bytes, as: UTF8.self), path: path)
    }

    /// Reads the file's text; `path` is for messages.
    static func parse(_ text: String, path: String) throws(CommandFailure) -> ContextFile {
        do {
            guard let tree = try Yams.compose(yaml: text) else { return ContextFile() }
            if let stranger = strangeKey(tree) {
                throw CommandFailure.local("\(path): unknown key “\(stranger)”")
            }
            return try YAMLDecoder().decode(ContextFile.self, from: text)
        } catch let failure as CommandFailure {
            throw failure
        } catch {
            throw .local("\(path) is not a slotctl configuration: \(error)")
        }
    }

    /// The file's text.
    func yaml() throws(CommandFailure) -> String {
        let encoder = YAMLEncoder()
        encoder.options.sortKeys = true
        do {
            return try encoder.encode(self)
        } catch {
            throw .local("the configuration cannot be encoded: \(error)")
        }
    }

    /// Replaces the file.
    func write(_ path: String) throws(CommandFailure) {
        let bytes = Array(try yaml().utf8)
        let folder = (path as NSString).deletingLastPathComponent
        let temporary = path + ".new"
        do {
            try FileManager.default.createDirectory(
                atPath: folder, withIntermediateDirectories: true,
                attributes: [.posixPermissions: 0o700])
        } catch {
            throw .local("\(folder) cannot be created: \(error.localizedDescription)")
        }
        let descriptor = open(temporary, O_WRONLY | O_CREAT | O_TRUNC, 0o600)
        guard descriptor >= 0 else {
            throw .local("\(temporary) cannot be written: \(String(cString: strerror(errno)))")
        }
        let written = bytes.withUnsafeBytes {
            Foundation.write(descriptor, $0.baseAddress, $0.count)
        }
        fchmod(descriptor, 0o600)
        close(descriptor)
        guard written == bytes.count, rename(temporary, path) == 0 else {
            throw .local("\(path) cannot be written: \(String(cString: strerror(errno)))")
        }
    }

    private static func strangeKey(_ tree: Node) -> String? {
        guard let top = tree.mapping else { return nil }
        for (key, value) in top {
            guard let name = key.string, ["current", "contexts"].contains(name) else {
                return key.string ?? "?"
            }
            guard name == "contexts", let contexts = value.mapping else { continue }
            for (_, context) in contexts {
                for (setting, _) in context.mapping ?? [:] {
                    guard let name = setting.string, Context.keys.contains(name) else {
                        return setting.string ?? "?"
                    }
                }
            }
        }
        return nil
    }
}

extension ContextFile {
    private enum CodingKeys: String, CodingKey { case current, contexts }

    init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        current = try container.decodeIfPresent(String.self, forKey: .current)
        contexts = try container.decodeIfPresent([String: Context].self, forKey: .contexts) ?? [:]
    }
}
