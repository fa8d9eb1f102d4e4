internal import Foundation
internal import SlotdAPI
internal import SwiftProtobuf

/// How far the answers of an import have come, in a small file, so that an import that was
/// interrupted goes on from there.
///
/// The file says how many records were answered and what these were, by a digest: what comes after
/// them may be mended in the data, what lies before may not be another file's. An answer that came
/// is durable in slotd; those that came after the last save are sent again, which changes nothing.
final class ImportBookmark: @unchecked Sendable {
    // Used by one task: the import's loop.
    private let path: String
    private let organization: String
    private var content: Content
    private var digest = RecordDigest()
    private var unsavedCount = 0

    private struct Content: Codable {
        var apiVersion = JSONText.apiVersion
        /// As the command line names it.
        var organization: String
        /// How many were answered.
        var records = 0
        /// Of these, in hexadecimal digits.
        var digest = ""
    }

    /// Answers between two saves: each is a file and two syncs.
    private static let saveInterval = 1024

    /// Reads the file; none is the beginning of an import.
    init(path: String, organization: String) throws(CommandFailure) {
        self.path = path
        self.organization = organization
        content = Content(organization: organization)
        guard FileManager.default.fileExists(atPath: path) else { return }
        do {
            let data = try Data(contentsOf: URL(fileURLWithPath: path))
            content = try JSONDecoder().decode(Content.self, from: data)
        } catch {
            throw .local("\(path) keeps no import's place; remove it to begin anew")
        }
        guard content.organization == organization else {
            throw .local(
                "\(path) belongs to an import into the organization “\(content.organization)”")
        }
    }

    /// There is a place to go on from.
    var isContinued: Bool { content.records > 0 }

    /// How many records were answered, when they are the first of these.
    func open(_ items: ImportItems) throws(CommandFailure) -> Int {
        if (0...items.count).contains(content.records) {
            for index in 0..<content.records { digest.add(try bytes(items.item(index))) }
            if content.records == 0 || digest.text == content.digest { return content.records }
        }
        throw .local(
            "\(path) was written by an import whose first \(content.records) records were others; "
                + "remove it to begin anew")
    }

    /// It is time to save.
    var isDue: Bool { unsavedCount >= Self.saveInterval }

    /// A record was answered.
    func took(_ item: ImportItem) {
        // What was sent could be encoded.
        digest.add((try? bytes(item)) ?? [])
        content.records += 1
        unsavedCount += 1
    }

    /// Writes the file, to the disk.
    func save() throws(CommandFailure) {
        content.digest = digest.text
        let encoder = JSONEncoder()
        encoder.outputFormatting = .sortedKeys
        guard let data = try? encoder.encode(content) else { return }
        let file = try OutputFile(replacing: path)
        try file.write(String(decoding: data, as: UTF8.self) + "\n")
        try file.commit()
        unsavedCount = 0
    }

    /// The import is done.
    func remove() throws(CommandFailure) {
        guard unlink(path) == 0 || errno == ENOENT else {
            throw .local("\(path) cannot be removed: \(String(cString: strerror(errno)))")
        }
    }

    private func bytes(_ item: ImportItem) throws(CommandFailure) -> [UInt8] {
        try APIClient.encode(Slotd_V1_ImportRequest.with { $0.record = item.record })
    }
}

/// Tells one sequence of records from another: FNV-1a of 64 bits
/// (https://www.rfc-editor.org/rfc/rfc9923). Against mistakes, not against forgers.
struct RecordDigest {
    private var hash: UInt64 = 0xCBF2_9CE4_8422_2325

    /// In hexadecimal digits.
    var text: String { String(hash, radix: 16) }

    mutating func add(_ record: [UInt8]) {
        for byte in record { mix(byte) }
        // Where a record ends matters, too.
        withUnsafeBytes(of: UInt32(truncatingIfNeeded: record.count).littleEndian) { count in
            for byte in count { mix(byte) }
        }
    }

    private mutating func mix(_ byte: UInt8) {
        hash = (hash ^ UInt64(byte)) &* 0x100_0000_01B3
    }
}
