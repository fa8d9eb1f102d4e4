/// One named set of settings in the configuration file. What is nil is left to the defaults.
struct Context: Equatable, Codable, Sendable {
    var server: String?
    var organization: String?
    var actor: String?
    var timeout: String?
    var output: String?
    /// Where the board and the search look when no location is named.
    var location: String?

    /// The names of the settings, as the file and `context set` spell them.
    static let keys = ["server", "organization", "actor", "timeout", "output", "location"]

    /// The value under a name of `keys`.
    subscript(key: String) -> String? {
        get {
            switch key {
            case "server": server
            case "organization": organization
            case "actor": actor
            case "timeout": timeout
            case "output": output
            case "location": location
            default: nil
            }
        }
        set {
            switch key {
            case "server": server = newValue
            case "organization": organization = newValue
            case "actor": actor = newValue
            case "timeout": timeout = newValue
            case "output": output = newValue
            case "location": location = newValue
            default: preconditionFailure("\(key) is not a setting")
            }
        }
    }
}
