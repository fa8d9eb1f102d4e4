internal import Scheduling

/// The state in which slots were found, and where the next of them are. Both are opaque to clients.

/// Names the organization and the journal position at which slots were found.
///
/// The core judges every slot anew, which costs microseconds, so the token decides nothing: it lets
/// a refusal tell whether anything has changed since the caller saw the slot offered.
enum SlotToken {
    static func encode(in organization: Organization) -> String {
        PageToken.encode([mark(organization), String(organization.position)])
    }

    /// The position; nil for no token. Refuses one that this organization has not given.
    static func decode(
        _ token: String, _ field: String, in organization: Organization
    ) throws(Rejection) -> Int64? {
        let parts: [String]?
        do throws(Rejection) {
            parts = try PageToken.decode(token, parts: 2)
        } catch {
            throw .invalid(field, "is not one that slots came with")
        }
        guard let parts else { return nil }
        guard parts[0] == mark(organization), let position = Int64(parts[1]),
            (0...organization.position).contains(position)
        else { throw .invalid(field, "is not one that slots came with") }
        return position
    }

    private static func mark(_ organization: Organization) -> String {
        String(UInt64(truncatingIfNeeded: organization.id.value), radix: 36)
    }
}

/// Where a page of slots ends, of which question, and at which journal position it was found.
struct SlotCursor {
    /// A hash of the question: the request without its page.
    var question: UInt64
    /// The journal position of the page that it ends.
    var revision: Int64

    /// The token for the page that begins at a start.
    func encode(_ next: Int32) -> String {
        PageToken.encode([String(next), String(revision), String(question, radix: 36)])
    }

    /// The start that a token goes on from; nil for no token. Refuses a token of another question,
    /// and one of a revision that the organization has not reached.
    func decode(_ token: String) throws(Rejection) -> Int32? {
        guard let parts = try PageToken.decode(token, parts: 3) else { return nil }
        guard let next = Int32(parts[0]), let found = Int64(parts[1]),
            (0...revision).contains(found)
        else { throw .invalid("page_token", "is not one that this list gave") }
        guard UInt64(parts[2], radix: 36) == question else {
            throw .invalid("page_token", "is of another question")
        }
        return next
    }
}
