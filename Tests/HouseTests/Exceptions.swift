/// How often a file may break a rule that is counted. The lists may only shrink: a file that is not
/// here may not break it at all, and a test fails while a number is higher than it needs to be.
enum Exceptions {
    /// Public declarations without a doc comment.
    static let undocumented: [String: Int] = [:]

    /// Functions of more than 60 lines.
    static let overlong: [String: Int] = [:]

    /// Lines of more than 100 columns.
    static let wide: [String: Int] = [:]
}
